"""OFAC's `sdn.xml` and `consolidated.xml`: https://ofac.treasury.gov/specially-designated-nationals-list-data-formats."""

from collections.abc import Iterator

from schemas import Actor
from services.watchlist.formats.entries import clean, countries_of, kind_of, make_actor, read_date
from services.watchlist.formats.id_numbers import id_numbers
from services.watchlist.formats.members import Member
from services.watchlist.formats.xml_entries import Entry, entries

URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="
LIST = "ofac"  # neither format says whether somebody is a specially designated national: the programmes do


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    with member.open() as stream:
        for entry in entries(stream, ["sdnEntry"], member.source):
            yield _actor(entry, member.source)


def _actor(entry: Entry, source: str) -> Actor:
    uid = entry.first("uid")
    names: dict[bool, list[str]] = {True: [], False: []}
    for aka in entry.each("akaList", "aka"):
        names[aka.first("category") == "weak"].append(_name(aka))
    said = (
        *entry.texts("nationalityList", "nationality", "country"),
        *entry.texts("citizenshipList", "citizenship", "country"),
        *entry.texts("addressList", "address", "country"),
        entry.first("vesselInfo", "vesselFlag"),
    )
    return make_actor(
        source,
        entry.line,
        id=f"ofac-{uid}" if uid else "",
        name=_name(entry),
        type=kind_of(entry.first("sdnType")),
        aliases=names[False],
        weak_aliases=names[True],
        countries=countries_of(said),
        birth_dates=map(read_date, entry.texts("dateOfBirthList", "dateOfBirthItem", "dateOfBirth")),
        programmes=entry.texts("programList", "program"),
        lists=[LIST],
        id_numbers=id_numbers(
            (each.first("idType"), each.first("idNumber"), each.first("idCountry"))
            for each in entry.each("idList", "id")
        ),
        url=URL + uid,
        remarks=entry.first("remarks"),
    )


def _name(entry: Entry) -> str:
    return clean(f"{entry.first('firstName')} {entry.first('lastName')}")
