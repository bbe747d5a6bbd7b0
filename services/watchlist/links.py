"""Find the entries of different lists that are one actor: by a number, or by name, birth date and country together."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from schemas import Actor, ActorType, IdNumber
from services.watchlist.words import Words, plain_word

_SIGNS = re.compile(r"[\W_]+")
_SHORTEST = 5  # signs of a number: shorter ones are shared by chance
_MOST = 50  # entries; what more of them share tells nobody apart
_DAY = len("2001-02-23")
# One list's tax number is another's registration or national number.
_GENERAL = frozenset({"tax", "registration", "national_id"})
_ALONE = frozenset({ActorType.PERSON, ActorType.VESSEL, ActorType.AIRCRAFT, ActorType.STATE, ActorType.PLACE})

Key = tuple[str, ...]


def link(actors: Iterable[Actor]) -> dict[str, tuple[str, ...]]:
    """Return for each actor that stands on several lists the ids of its other entries, sorted.

    Args:
        actors: All entries of all lists; only those of different lists (`loaded_as`) are linked.
    """
    groups: dict[Key, list[Actor]] = defaultdict(list)
    for actor in actors:
        for key in set(_keys(actor)):
            groups[key].append(actor)
    links: dict[str, set[str]] = defaultdict(set)
    for key, group in groups.items():
        if 1 < len(group) <= _MOST:
            for one, other in combinations(group, 2):
                if one.loaded_as != other.loaded_as and _agree(one, other, key):
                    links[one.id].add(other.id)
                    links[other.id].add(one.id)
    return {identity: tuple(sorted(others)) for identity, others in links.items()}


def _keys(actor: Actor) -> Iterator[Key]:
    for number in actor.id_numbers:
        if len(signs := _signs(number)) >= _SHORTEST:
            yield "number", _kind(number), signs
    if actor.type is not ActorType.PERSON:
        return
    days = [day for day in actor.birth_dates if len(day) == _DAY]
    for name in (actor.name, *actor.aliases) if days else ():
        words = sorted(plain_word(word) for word in Words(name).listed)
        if len(words) > 1:
            for day in days:
                yield "person", day, b" ".join(words).decode()


def _agree(one: Actor, other: Actor, key: Key) -> bool:
    if one.type is not other.type and (one.type in _ALONE or other.type in _ALONE):
        return False
    if key[0] == "person":
        return not set(one.countries).isdisjoint(other.countries)
    issuers = [{n.country for n in actor.id_numbers if (_kind(n), _signs(n)) == key[1:]} for actor in (one, other)]
    return None in issuers[0] | issuers[1] or not issuers[0].isdisjoint(issuers[1])


def _kind(number: IdNumber) -> str:
    return "general" if number.kind in _GENERAL else number.kind


def _signs(number: IdNumber) -> str:
    signs = _SIGNS.sub("", number.number).upper()
    return signs.removeprefix("IMO") if number.kind == "imo" else signs
