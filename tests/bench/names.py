"""Watchlists for the race: the seeds, and as many names as anyone will ever watch."""

import gzip
import json
from collections.abc import Iterator
from itertools import chain, islice
from random import Random

from schemas import Actor
from services.watchlist.file import read_watchlist
from tests.conftest import CHECKOUT

MANY = 300_000
_NAMES_EACH = 3  # OFAC's list has two and a half for each entry
_LISTS = CHECKOUT.parent / "shared" / "data" / "watchlists" / "uniform"
_TYPES = {"individual": "person", "person": "person", "vessel": "vessel"}


def seeds() -> tuple[Actor, ...]:
    """Return the watchlist that comes with the project."""
    return read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")


def many() -> tuple[Actor, ...] | None:
    """Return the seeds and real lists, filled up to `MANY` names with new combinations; None where there are none.

    A combination is the first word of one listed name and the rest of another, so that lengths, scripts and shared
    words are those of real lists.
    """
    files = sorted(_LISTS.glob("*.jsonl.gz"))
    if not files:
        return None
    entries = [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
    names: dict[str, str] = {}  # with the type of the actor
    for entry in entries:
        for name in (entry["name"], *entry["aliases"]):
            if " " in name and len(name) <= 200:
                names.setdefault(name, _TYPES.get(entry["type"], "organisation"))
    wanted = islice(chain(names.items(), _combined(names)), MANY)
    return (*seeds(), *(Actor.model_validate(_actor(i, name, kind)) for i, (name, kind) in enumerate(wanted)))


def listed() -> list[Actor] | None:
    """Return the same names as lists have them, several of one actor; None where there are no lists."""
    actors = many()
    if actors is None:
        return None
    return [
        group[0].model_copy(update={"aliases": tuple(actor.name for actor in group[1:]), "loaded_as": "list"})
        for group in (actors[start : start + _NAMES_EACH] for start in range(0, len(actors), _NAMES_EACH))
    ]


def _combined(names: dict[str, str]) -> Iterator[tuple[str, str]]:
    random = Random(300_000)  # the same names each time
    seen = set(names)
    listed = list(names)
    while True:
        first, second = random.choice(listed), random.choice(listed)
        name = f"{first.split()[0]} {second.split(maxsplit=1)[1]}"
        if name not in seen:
            seen.add(name)
            yield name, names[second]


def _actor(number: int, name: str, kind: str) -> dict[str, object]:
    return {"id": f"listed-{number}", "name": name, "type": kind}
