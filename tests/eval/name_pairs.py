"""How well it is told whether two names are of one bearer, by pairs that others labelled.

The pairs lie beside the checkout, as do two lists of a thousand people each who are on no list: see `read_pairs` and
`false_hits`. `.sightline/yardstick`, where `make yardstick` has made it, measures nomenklatura on the same pairs.
"""

import csv
import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas import Actor, ActorType
from services.watchlist.formats.recognition import read_lists
from services.watchlist.likeness.score import LIKELY, name_likeness
from services.watchlist.searching import sounds_of
from tests.conftest import CHECKOUT
from tests.eval.labels import SHARED
from tests.eval.watchlist_hits import LISTS

NAMES = SHARED / "data" / "names"
PAIRS = NAMES / "nomenklatura_name_bench_cases.csv"
NOT_LISTED = tuple(NAMES / f"yente_validation_negatives_{part}_1k.csv" for part in ("global", "us"))
CROSS_SCRIPT = NAMES / "moov_cross_script_pairs.csv"
YARDSTICK = CHECKOUT / ".sightline" / "yardstick" / "bin" / "python"
# Thresholds that nomenklatura is measured at; the best counts.
THRESHOLDS = tuple(step / 100 for step in range(50, 96, 5))
TYPES = {
    "Person": ActorType.PERSON,
    "Company": ActorType.COMPANY,
    "Organization": ActorType.ORGANISATION,
    "LegalEntity": ActorType.ORGANISATION,
    "Vessel": ActorType.VESSEL,
}


@dataclass(frozen=True, slots=True)
class NamePair:
    """Two names and whether they are of one bearer."""

    first: str
    second: str
    kind: ActorType
    is_match: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who is on no list, and the name of one who is."""

    name: str
    listed: str
    likeness: float


def read_pairs() -> list[NamePair]:
    """Return the 826 pairs of nomenklatura's benchmark of names."""
    with PAIRS.open(encoding="utf-8") as file:
        return [
            NamePair(row["name1"], row["name2"], TYPES[row["schema"]], row["is_match"] == "true")
            for row in csv.DictReader(file)
        ]


def read_cross_script() -> list[NamePair]:
    """Return names of people in other scripts with the Latin ones."""
    lines = (line for line in CROSS_SCRIPT.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [NamePair(row[0], row[1], ActorType.PERSON, is_match=True) for row in csv.reader(lines)]


def f1(likenesses: Iterable[float], pairs: Sequence[NamePair], threshold: float) -> float:
    """Return F1 of taking the pairs from the threshold on for matches."""
    taken = [likeness >= threshold for likeness in likenesses]
    right = sum(is_taken and pair.is_match for is_taken, pair in zip(taken, pairs, strict=True))
    return 2 * right / (sum(taken) + sum(pair.is_match for pair in pairs))


def likenesses(pairs: Iterable[NamePair]) -> list[float]:
    """Return what Sightline says of each pair."""
    return [name_likeness(pair.first, pair.second, pair.kind) for pair in pairs]


def nomenklatura_f1(pairs: Sequence[NamePair]) -> float | None:
    """Return the best F1 of nomenklatura's logic-v2 at any threshold; None where it is not installed."""
    if not YARDSTICK.exists():
        return None
    script = Path(__file__).with_name("nomenklatura_scores.py")
    told = subprocess.run([YARDSTICK, script, PAIRS], check=True, capture_output=True, text=True)
    scores = json.loads(told.stdout)
    return max(f1(scores, pairs, threshold) for threshold in THRESHOLDS)


def read_not_listed() -> list[str]:
    """Return the names of people who are on no list."""
    names: list[str] = []
    for path in NOT_LISTED:
        with path.open(encoding="utf-8") as file:
            names.extend(row["full_name"] for row in csv.DictReader(file))
    return names


def read_listed() -> list[Actor]:
    """Return the people of OFAC's, the EU's and the UN's lists of May 2024."""
    lists = read_lists([SHARED / "data" / "watchlists" / path for path in LISTS])
    return [actor for actor in lists if actor.type is ActorType.PERSON]


def false_hits(names: Iterable[str], listed: Iterable[Actor]) -> Iterator[Hit]:
    """Yield who would be found on a list, as `sightline watchlist search` finds them, though nobody is."""
    by_sound = _by_sound(listed)
    for name in names:
        candidates = {own for sound in sounds_of(name) for own in by_sound.get(sound, ())}
        best = max(((name_likeness(name, own, ActorType.PERSON), own) for own in candidates), default=(0.0, ""))
        if best[0] >= LIKELY:
            yield Hit(name, best[1], best[0])


def _by_sound(actors: Iterable[Actor]) -> Mapping[str, set[str]]:
    by_sound: dict[str, set[str]] = defaultdict(set)
    for actor in actors:
        for name in (actor.name, *actor.aliases, *actor.weak_aliases):
            for sound in sounds_of(name):
                by_sound[sound].add(name)
    return by_sound
