"""Compare named spans with hand-made labels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

from tests.eval.labels import GoldEntities
from tests.eval.shares import harmonic, ratio

_POSSESSIVE = re.compile(r"['’]s$|['’]$")


@dataclass(frozen=True, slots=True)
class EntityCounts:
    """What the figures of named spans are made from; `typed` spans have the right label too."""

    gold: int = 0
    predicted: int = 0
    span: int = 0
    typed: int = 0

    def __add__(self, other: "EntityCounts") -> "EntityCounts":
        return EntityCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def figures(self) -> dict[str, float]:
        """Return the figures, each between 0 and 1."""
        precision, recall = ratio(self.typed, self.predicted), ratio(self.typed, self.gold)
        return {
            "precision": precision,
            "recall": recall,
            "f1": harmonic(precision, recall),
            "span_f1": harmonic(ratio(self.span, self.predicted), ratio(self.span, self.gold)),
        }


def entity_counts(row: GoldEntities, found: Iterable[tuple[int, int, str]]) -> EntityCounts:
    """Compare named spans.

    A leading "the" and a trailing possessive are no part of a name; a span that touches one of `row.ignore` counts
    only where it is labelled.

    Args:
        row: The labels.
        found: Start, end and label of what was found in the text.
    """
    gold = {(entity.start, entity.end): entity.label for entity in row.entities}
    predicted: dict[tuple[int, int], str] = {}
    for begin, stop, label in found:
        surface = row.text[begin:stop]
        start = begin + 4 if surface.lower().startswith("the ") else begin
        end = stop - (len(surface) - len(_POSSESSIVE.sub("", surface)))
        if (start, end) in gold or not any(s < end and start < e for s, e in row.ignore):
            predicted[start, end] = label
    return EntityCounts(
        gold=len(gold),
        predicted=len(predicted),
        span=len(gold.keys() & predicted.keys()),
        typed=sum(predicted.get(place) == label for place, label in gold.items()),
    )
