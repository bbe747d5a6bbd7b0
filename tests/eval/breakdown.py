"""Figures by kind: the mentions of each measure and of each status, with how many there are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas import Measure, SanctionsMention, Status
from tests.eval.labels import GoldMention
from tests.eval.scoring import Comparison


@dataclass(frozen=True, slots=True)
class Kind:
    """The mentions whose label is of one kind, and those of that kind that no label knows."""

    name: str
    gold: int
    found: int
    sender: int
    target: int
    status: int
    fact: int
    invented: int


def by_measure(comparisons: Sequence[Comparison]) -> list[Kind]:
    """Return the figures of each measure that occurs."""
    return _kinds(comparisons, Measure, lambda mention: mention.measure)


def by_status(comparisons: Sequence[Comparison]) -> list[Kind]:
    """Return the figures of each status that occurs; a label that accepts several stands under its first."""
    return _kinds(comparisons, Status, lambda mention: mention.status)


def _kinds(
    comparisons: Sequence[Comparison],
    kinds: Iterable[StrEnum],
    kind_of: Callable[[GoldMention | SanctionsMention], StrEnum],
) -> list[Kind]:
    pairs = [pair for comparison in comparisons for pair in comparison.pairs]
    missed = [kind_of(mention) for comparison in comparisons for mention in comparison.missed]
    invented = [kind_of(mention) for comparison in comparisons for mention in comparison.invented]
    made = []
    for kind in kinds:
        verdicts = [pair.verdict for pair in pairs if kind_of(pair.gold) == kind]
        made.append(
            Kind(
                name=kind.value,
                gold=len(verdicts) + missed.count(kind),
                found=len(verdicts),
                sender=sum(verdict.sender for verdict in verdicts),
                target=sum(verdict.target for verdict in verdicts),
                status=sum(verdict.status for verdict in verdicts),
                fact=sum(verdict.fact for verdict in verdicts),
                invented=invented.count(kind),
            )
        )
    return [kind for kind in made if kind.gold or kind.invented]
