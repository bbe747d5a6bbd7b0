"""The United Nations Security Council's consolidated list: https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list."""

from collections.abc import Iterator

from schemas import Actor, ActorType
from services.watchlist.formats.entries import clean, countries_of, make_actor, read_date, read_day
from services.watchlist.formats.id_numbers import id_numbers
from services.watchlist.formats.members import Member
from services.watchlist.formats.xml_entries import Entry, entries

LIST = "un"
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    with member.open() as stream:
        for entry in entries(stream, ["INDIVIDUAL", "ENTITY"], member.source):
            yield _actor(entry, member.source)


def _actor(entry: Entry, source: str) -> Actor:
    kind = entry.name
    names: dict[bool, list[str]] = {True: [], False: [entry.first("NAME_ORIGINAL_SCRIPT")]}
    for alias in entry.each(f"{kind}_ALIAS"):
        names[alias.first("QUALITY").lower() == "low"].append(alias.first("ALIAS_NAME"))
    amended = [day for day in map(read_day, entry.texts("LAST_DAY_UPDATED", "VALUE")) if day]
    born = [
        birth.first("DATE") or birth.first("YEAR") or birth.first("FROM_YEAR")
        for birth in entry.each("INDIVIDUAL_DATE_OF_BIRTH")
    ]
    said = (*entry.texts("NATIONALITY", "VALUE"), *entry.texts(f"{kind}_ADDRESS", "COUNTRY"))
    return make_actor(
        source,
        entry.line,
        id=entry.first("REFERENCE_NUMBER"),
        name=clean(" ".join(entry.first(name) for name in _NAMES)),
        type=ActorType.PERSON if kind == "INDIVIDUAL" else ActorType.ORGANISATION,
        aliases=names[False],
        weak_aliases=names[True],
        countries=countries_of(said),
        birth_dates=map(read_date, born),
        programmes=[entry.first("UN_LIST_TYPE")],
        id_numbers=id_numbers(
            (each.first("TYPE_OF_DOCUMENT"), each.first("NUMBER"), each.first("ISSUING_COUNTRY"))
            for each in entry.each("INDIVIDUAL_DOCUMENT")
        ),
        lists=[LIST],
        listed_on=read_day(entry.first("LISTED_ON")),
        amended_on=max(amended, default=None),
        remarks=entry.first("COMMENTS1"),
    )
