"""FollowTheMoney entities, a JSON object a line: OpenSanctions' `entities.ftm.json`, `targets.nested.json` and others.

https://followthemoney.tech/explorer/ describes them. Everything that is no person, organisation, vessel or aircraft
(addresses, sanctions, family, positions) is no actor; what a sanction says goes to the actor it is about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas import Actor, ActorType
from services.watchlist.formats.entries import countries_of, make_actor, read_date, read_day
from services.watchlist.formats.id_numbers import id_numbers
from services.watchlist.formats.json_lines import objects
from services.watchlist.formats.members import Member

TYPES = {
    "Person": ActorType.PERSON,
    "Company": ActorType.COMPANY,
    "Organization": ActorType.ORGANISATION,
    "LegalEntity": ActorType.ORGANISATION,
    "PublicBody": ActorType.GOVERNMENT_BODY,
    "Vessel": ActorType.VESSEL,
    "Airplane": ActorType.AIRCRAFT,
}
_COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "flag")
_SOURCES = ("sourceUrl", "website")
_SANCTION = "Sanction"
# The properties that hold a number, and its kind.
NUMBERS = {
    "passportNumber": "passport",
    "idNumber": "national_id",
    "taxNumber": "tax",
    "innCode": "tax",
    "vatCode": "tax",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "leiCode": "lei",
    "swiftBic": "swift",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "serialNumber": "aircraft",
    "publicKey": "wallet",
}

Properties = Mapping[str, Any]
Sanctions = dict[str, list[Properties]]


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list. It is read twice: sanctions may stand before or behind whom they are about.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    sanctions: Sanctions = defaultdict(list)
    for _, entity in objects(member):
        if _schema(entity) == _SANCTION:
            properties = _properties(entity)
            for identity in _values(properties, "entity"):
                sanctions[identity].append(properties)
    for line, entity in objects(member):
        if _schema(entity) in TYPES:
            yield _actor(entity, sanctions, member.source, line)


def _actor(entity: Mapping[str, Any], sanctions: Sanctions, source: str, line: int) -> Actor:
    properties = _properties(entity)
    identity = str(entity.get("id") or "")
    nested = [_properties(each) for each in _objects(properties.get("sanctions"))]
    about = [*sanctions.get(identity, ()), *nested]
    names = list(_values(properties, "name"))
    listed = [day for each in about for day in map(read_day, _values(each, "listingDate", "startDate")) if day]
    return make_actor(
        source,
        line,
        id=identity,
        name=str(entity.get("caption") or next(iter(names), "")),
        type=TYPES[_schema(entity)],
        aliases=[*names, *_values(properties, "alias", "previousName")],
        weak_aliases=list(_values(properties, "weakAlias")),
        countries=countries_of(_values(properties, *_COUNTRIES)),
        birth_dates=[read_date(said) for said in _values(properties, "birthDate")],
        programmes=[said for each in about for said in _values(each, "program")],
        id_numbers=id_numbers(
            (kind, value, None) for name, kind in NUMBERS.items() for value in _values(properties, name)
        ),
        lists=[str(name) for name in _list(entity.get("datasets"))],
        listed_on=min(listed, default=None),
        amended_on=read_day(str(entity.get("last_change") or "")),
        url=next(_values(properties, *_SOURCES), None),
        remarks=" ".join(_values(properties, "notes")),
    )


def _schema(entity: Mapping[str, Any]) -> str:
    return str(entity.get("schema"))


def _properties(entity: Mapping[str, Any]) -> Properties:
    properties = entity.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _values(properties: Properties, *names: str) -> Iterator[str]:
    """Yield the texts of properties; a single one may stand without its list."""
    for name in names:
        yield from (value for value in _list(properties.get(name)) if isinstance(value, str))


def _objects(value: object) -> Iterable[Mapping[str, Any]]:
    return (each for each in _list(value) if isinstance(each, Mapping))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
