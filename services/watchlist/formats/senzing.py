"""Senzing's JSON records, one a line, as OpenSanctions publishes them: https://www.opensanctions.org/docs/bulk/senzing/."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas import Actor, ActorType
from services.watchlist.formats.entries import countries_of, make_actor, read_date, read_day
from services.watchlist.formats.id_numbers import id_numbers
from services.watchlist.formats.json_lines import objects
from services.watchlist.formats.members import Member

_TYPES = {
    "PERSON": ActorType.PERSON,
    "ORGANIZATION": ActorType.ORGANISATION,
    "VESSEL": ActorType.VESSEL,
    "AIRCRAFT": ActorType.AIRCRAFT,
}
_NAMES = ("NAME_FULL", "NAME_ORG")
_COUNTRIES = ("NATIONALITY", "CITIZENSHIP", "COUNTRY_OF_ASSOCIATION", "REGISTRATION_COUNTRY")


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list; records of no type are none.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    for line, record in objects(member):
        if str(record.get("RECORD_TYPE")) in _TYPES:
            yield _actor(record, member.source, line)


def _actor(record: Mapping[str, Any], source: str, line: int) -> Actor:
    names = [
        (str(each.get("NAME_TYPE")), str(each[key])) for each in _each(record, "NAMES") for key in _NAMES if key in each
    ]
    primary = [name for kind, name in names if kind == "PRIMARY"] or [name for _, name in names] or [""]
    return make_actor(
        source,
        line,
        id=str(record.get("RECORD_ID") or ""),
        name=primary[0],
        type=_TYPES[record["RECORD_TYPE"]],
        aliases=[name for _, name in names],
        countries=countries_of(
            str(each[key]) for each in _each(record, "COUNTRIES") for key in _COUNTRIES if key in each
        ),
        birth_dates=[read_date(str(each.get("DATE_OF_BIRTH") or "")) for each in _each(record, "DATES")],
        programmes=[str(each["TOPIC"]) for each in _each(record, "RISKS") if "TOPIC" in each],
        id_numbers=id_numbers(
            (
                key.removesuffix("_NUMBER").lower(),
                str(value),
                str(each.get(key.removesuffix("NUMBER") + "COUNTRY") or ""),
            )
            for each in _each(record, "IDENTIFIERS")
            for key, value in each.items()
            if key.endswith("_NUMBER") and not key.startswith("OTHER_ID")
        ),
        lists=[str(record.get("DATA_SOURCE") or "").lower().replace("_", "-")],
        amended_on=read_day(str(record.get("LAST_CHANGE") or "")),
        url=record.get("URL"),
    )


def _each(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list; records of before 2024 have none of some."""
    listed = record.get(key)
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
