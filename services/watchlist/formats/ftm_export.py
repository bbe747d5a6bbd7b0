"""Write actors as FollowTheMoney entities; what reads them back is `ftm.py`."""

import json
from collections.abc import Iterator
from typing import Any

from schemas import Actor, ActorType

_SCHEMATA = {
    ActorType.PERSON: "Person",
    ActorType.COMPANY: "Company",
    ActorType.ORGANISATION: "Organization",
    ActorType.GROUP: "Organization",
    ActorType.GOVERNMENT_BODY: "PublicBody",
    ActorType.STATE: "PublicBody",
    ActorType.UNION: "PublicBody",
    ActorType.PLACE: "PublicBody",
    ActorType.VESSEL: "Vessel",
    ActorType.AIRCRAFT: "Airplane",
}
# The property that holds a kind of number, for those that have one of their own, and for everybody else.
_NUMBERS = {
    "passport": {"Person": "passportNumber"},
    "national_id": {"Person": "idNumber", "": "idNumber"},
    "tax": {"": "taxNumber"},
    "registration": {"": "registrationNumber"},
    "lei": {"Organization": "leiCode", "Company": "leiCode"},
    "swift": {"Organization": "swiftBic", "Company": "swiftBic"},
    "imo": {"Vessel": "imoNumber"},
    "mmsi": {"Vessel": "mmsi"},
    "aircraft": {"Airplane": "serialNumber"},
}
_COUNTRY = {"Person": "nationality", "Vessel": "flag"}


def to_entities(actor: Actor) -> Iterator[bytes]:
    """Yield the entity of an actor, and if it stands on a sanctions list, that of the sanction; each as JSON."""
    schema = _SCHEMATA[actor.type]
    properties: dict[str, list[str]] = {
        "name": [actor.name],
        "alias": [*actor.aliases, *actor.acronyms],
        "weakAlias": list(actor.weak_aliases),
        _COUNTRY.get(schema, "country"): list(actor.countries),
        "birthDate": list(actor.birth_dates) if schema == "Person" else [],
        "notes": [actor.remarks] if actor.remarks else [],
        "sourceUrl": [actor.url] if actor.url else [],
    }
    for number in actor.id_numbers:
        names = _NUMBERS.get(number.kind, {})
        if name := names.get(schema, names.get("")):
            properties.setdefault(name, []).append(number.number)
    entity: dict[str, Any] = {"caption": actor.name, "datasets": list(actor.lists)}
    if actor.amended_on:
        entity["last_change"] = actor.amended_on.isoformat()
    yield _entity(actor.id, schema, properties, entity)
    if actor.programmes or actor.listed_on:
        sanction = {
            "entity": [actor.id],
            "program": list(actor.programmes),
            "listingDate": [actor.listed_on.isoformat()] if actor.listed_on else [],
        }
        yield _entity(f"{actor.id}-sanction", "Sanction", sanction, {})


def _entity(identity: str, schema: str, properties: dict[str, list[str]], others: dict[str, Any]) -> bytes:
    said = {name: values for name, values in properties.items() if values}
    return json.dumps({"id": identity, "schema": schema, "properties": said, **others}, ensure_ascii=False).encode()
