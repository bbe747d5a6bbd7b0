"""Whether confidence means what it says: of mentions with each confidence, the share that are right facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.eval.scoring import Comparison
from tests.eval.shares import ratio

SURE = 0.9
BAR = 0.95
_BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, SURE, 1.01)


@dataclass(frozen=True, slots=True)
class Bin:
    """The mentions whose confidence is in `[low, high)`."""

    low: float
    high: float
    count: int
    right: int
    stated: float  # mean confidence

    @property
    def share(self) -> float:
        """The share of right facts, between 0 and 1."""
        return ratio(self.right, self.count)


def reliability(comparisons: Iterable[Comparison]) -> list[Bin]:
    """Return the bins that hold any mention, lowest first."""
    outcomes = list(_outcomes(comparisons))
    bins = (_bin(outcomes, low, high) for low, high in pairwise(_BINS))
    return [found for found in bins if found.count]


def sure(comparisons: Iterable[Comparison]) -> Bin:
    """Return the mentions that claim to be sure."""
    return _bin(list(_outcomes(comparisons)), SURE, _BINS[-1])


def _outcomes(comparisons: Iterable[Comparison]) -> Iterator[tuple[float, bool]]:
    """Confidence of each mention, and whether it is a right fact; what is taken for an optional label is neither."""
    for comparison in comparisons:
        yield from ((pair.found.confidence, pair.verdict.fact) for pair in comparison.pairs)
        yield from ((mention.confidence, False) for mention in comparison.invented)


def _bin(outcomes: Iterable[tuple[float, bool]], low: float, high: float) -> Bin:
    inside = [(confidence, right) for confidence, right in outcomes if low <= confidence < high]
    stated = ratio(sum(confidence for confidence, _ in inside), len(inside))
    return Bin(low, high, len(inside), sum(right for _, right in inside), stated)
