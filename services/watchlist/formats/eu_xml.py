"""The European Union's consolidated list, FSF XML 1.1: https://webgate.ec.europa.eu/fsd/fsf."""

from collections.abc import Iterator

from schemas import Actor
from services.watchlist.formats.entries import clean, countries_of, kind_of, make_actor, read_date, read_day
from services.watchlist.formats.id_numbers import id_numbers
from services.watchlist.formats.members import Member
from services.watchlist.formats.xml_entries import Entry, entries

LIST = "eu"


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list; whoever's names have no main one is called by the first.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    seen: set[str] = set()
    with member.open() as stream:
        for entry in entries(stream, ["sanctionEntity"], member.source):
            yield _actor(entry, member.source, seen)


def _actor(entry: Entry, source: str, seen: set[str]) -> Actor:
    names: dict[bool, list[str]] = {True: [], False: []}
    for alias in entry.each("nameAlias"):
        names[alias.attributes.get("strong") == "false"].append(clean(alias.attributes.get("wholeName")))
    strong, weak = names[False], names[True]
    regulations = list(entry.each("regulation"))
    said = [
        found.attributes.get("countryIso2Code") for path in ("citizenship", "address") for found in entry.each(path)
    ]
    days = [day for day in (read_day(r.attributes.get("publicationDate")) for r in regulations) if day]
    programmes = [clean(regulation.attributes.get("programme")) for regulation in regulations]
    number = entry.attributes.get("logicalId", "")
    # Of somebody listed under two programmes there are two entries with one number, and other names in each.
    identity = f"eu-{number}-{programmes[0]}" if number in seen and programmes else f"eu-{number}" if number else ""
    seen.add(number)
    subject = next(entry.each("subjectType"), None)
    return make_actor(
        source,
        entry.line,
        id=identity,
        name=(strong or weak or [""])[0],
        type=kind_of(subject.attributes.get("code") if subject is not None else ""),
        aliases=strong,
        weak_aliases=weak,
        countries=countries_of(said),
        birth_dates=[
            read_date(b.attributes.get("birthdate") or b.attributes.get("year")) for b in entry.each("birthdate")
        ],
        programmes=programmes,
        id_numbers=id_numbers(
            (kind, each.attributes.get("number", ""), each.attributes.get("countryIso2Code"))
            for each in entry.each("identification")
            if (kind := each.attributes.get("identificationTypeCode", "")) != "other"
        ),
        lists=[LIST],
        listed_on=min(days, default=None),
        amended_on=max(days, default=None),
        url=entry.first("regulation", "publicationUrl") or None,
        remarks=entry.first("remark"),
    )
