"""The states, unions and bodies that are known without being listed, so that mentions are linked to them."""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from schemas import Actor, ActorType
from services.watchlist.folding import fold

_NAMES = ("aliases", "acronyms", "metonyms", "demonyms")
_PUBLIC = frozenset(
    {ActorType.STATE, ActorType.UNION, ActorType.GOVERNMENT_BODY, ActorType.ORGANISATION, ActorType.PLACE}
)


@cache
def known_actors() -> tuple[Actor, ...]:
    """Return the actors that ship with Sightline; none of them is watched."""
    written = yaml.load(_read("known.yaml"), Loader=yaml.CSafeLoader)
    states = json.loads(_read("territories.json"))
    unknown = written["states"].keys() - {state["id"] for state in states}
    if unknown:
        message = f"known.yaml speaks of states that territories.json lacks: {sorted(unknown)}"
        raise ValueError(message)
    return tuple(
        Actor.model_validate(entry)
        for entry in (*(_state(state, written["states"].get(state["id"], {})) for state in states), *written["actors"])
    )


def with_known(watchlist: Sequence[Actor]) -> tuple[Actor, ...]:
    """Return a watchlist with the known actors that it lacks.

    An entry with the id of a known actor replaces it. One with its name takes its place under the entry's own id, and
    is given the other names that are known: whoever lists "Russia" need not think of "Moscow" and "Russians".
    """
    ids = {actor.id for actor in watchlist}
    known = {actor.id: actor for actor in known_actors() if actor.id not in ids}
    by_name = {fold(name): actor for actor in known.values() for name in (actor.name, *actor.acronyms)}
    listed: list[Actor] = []
    for actor in watchlist:
        # A company or person that is called like a state is another actor.
        same = by_name.get(fold(actor.name)) if actor.type in _PUBLIC else None
        listed.append(_completed(actor, same) if same else actor)
        if same:
            known.pop(same.id, None)
    return (*listed, *known.values())


def _completed(actor: Actor, known: Actor) -> Actor:
    """The actor with the names of the known one beside its own."""
    names = {kind: (*getattr(actor, kind), *getattr(known, kind)) for kind in _NAMES}
    names["aliases"] = (*names["aliases"], known.name)
    return actor.model_copy(update={kind: tuple(dict.fromkeys(listed)) for kind, listed in names.items()})


def _state(territory: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    names = {kind: [*territory.get(kind, ()), *written.get(kind, ())] for kind in _NAMES}
    return {**territory, **{kind: list(dict.fromkeys(listed)) for kind, listed in names.items()}, "watched": False}


def _read(name: str) -> str:
    return (resources.files("services.watchlist") / "data" / name).read_text("utf-8")
