"""How well fingerprints tell near duplicates: against pairs whose similarity was measured word by word."""

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from services.extraction.fingerprint import fingerprint, similarity

ALIKE = 0.8  # of the measured similarity: from here on people call two texts the same story
FOLDED = 0.75  # of the estimate: where near duplicates would be folded into one
_RANDOM = 400  # texts, every two of which are compared
_SETS = {
    "news wire": ("natural_pairs_reuters_21578", "reuters_21578"),
    "White House": ("natural_pairs_wh_briefings_2021_2023", "wh_briefings_2021_2023"),
    "White House, a year apart": ("hard_negatives_annual_boilerplate", "wh_briefings_2021_2023"),
}


@dataclass(frozen=True, slots=True)
class Folding:
    """What would be folded of one set of pairs.

    Attributes:
        name: The set.
        pairs: How many pairs it holds.
        error: Mean absolute difference of estimate and measured similarity.
        alike: Pairs of a measured similarity of at least `ALIKE`; `alike_folded` of them are folded.
        other: Pairs of a measured similarity from 0.5 to 0.6; `other_folded` of them are folded.
        random: Pairs of different texts of the corpus that are in no list of pairs; `random_folded` are folded.
    """

    name: str
    pairs: int
    error: float
    alike: int
    alike_folded: int
    other: int
    other_folded: int
    random: int
    random_folded: int


def measure(data: Path, names: Sequence[str] = tuple(_SETS)) -> Iterator[Folding]:
    """Yield what would be folded of each set; `data` is the folder of real news."""
    corpora: dict[str, dict[str, str]] = {}
    for name in names:
        pairs_file, corpus = _SETS[name]
        if corpus not in corpora:
            corpora[corpus] = _texts(data / "news" / f"{corpus}.jsonl.gz")
        pairs = _pairs(data / "dedupe" / f"{pairs_file}.tsv.gz")
        yield _folding(name, pairs, corpora[corpus])


def _folding(name: str, pairs: Mapping[tuple[str, str], float], texts: Mapping[str, str]) -> Folding:
    prints = {each: fingerprint(texts[each]) or "" for pair in pairs for each in pair}
    judged = [(measured, similarity(prints[a], prints[b])) for (a, b), measured in pairs.items()]
    alike = [estimate for measured, estimate in judged if measured >= ALIKE]
    other = [estimate for measured, estimate in judged if 0.5 <= measured < 0.6]
    some = random.Random(0).sample(sorted(texts.keys() - prints.keys()), _RANDOM)
    drawn = [found for each in some if (found := fingerprint(texts[each]))]
    unrelated = [similarity(a, b) for a, b in combinations(drawn, 2)]
    return Folding(
        name=name,
        pairs=len(judged),
        error=sum(abs(measured - estimate) for measured, estimate in judged) / len(judged),
        alike=len(alike),
        alike_folded=sum(estimate >= FOLDED for estimate in alike),
        other=len(other),
        other_folded=sum(estimate >= FOLDED for estimate in other),
        random=len(unrelated),
        random_folded=sum(estimate >= FOLDED for estimate in unrelated),
    )


def _pairs(path: Path) -> dict[tuple[str, str], float]:
    _, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    cells = (line.split("\t") for line in lines)
    return {(first, second): float(measured) for first, second, measured, *_ in cells}


def _texts(corpus: Path) -> dict[str, str]:
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        return {row["id"]: row["text"] for row in map(json.loads, lines)}
