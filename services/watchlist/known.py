"""The states, unions and bodies that are known without being listed, so that mentions are linked to them."""

import json
from functools import cache
from importlib import resources
from typing import Any

import yaml

from schemas import Actor

NAME_KINDS = ("aliases", "acronyms", "metonyms", "demonyms")


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


def _state(territory: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    names = {kind: [*territory.get(kind, ()), *written.get(kind, ())] for kind in NAME_KINDS}
    return {**territory, **{kind: list(dict.fromkeys(listed)) for kind, listed in names.items()}, "watched": False}


def _read(name: str) -> str:
    return (resources.files("services.watchlist") / "data" / name).read_text("utf-8")
