"""Compare extracted mentions with hand-made labels: which is which, and the figures of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from schemas import SanctionsMention
from tests.eval.labels import GoldMention, GoldRow
from tests.eval.shares import harmonic, ratio
from tests.eval.verdicts import Verdict, compatible, judge

_SHARED_TRIGGER = 2.5
_OPTIONAL = 0.01  # a mention that counts is preferred to one that does not


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled mention and the extracted one that is taken for it."""

    gold: GoldMention
    found: SanctionsMention
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row, labels against extraction; `optional` labels and what is taken for them count neither way."""

    row: GoldRow
    found: tuple[SanctionsMention, ...]
    pairs: tuple[Pair, ...]
    missed: tuple[GoldMention, ...]
    invented: tuple[SanctionsMention, ...]
    excused: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What the figures of a set of rows are made from."""

    gold: int = 0
    predicted: int = 0
    aligned: int = 0
    sender: int = 0
    target: int = 0
    status: int = 0
    measure: int = 0
    fact: int = 0
    negatives: int = 0
    negatives_hit: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def figures(self) -> dict[str, float]:
        """Return the figures, each between 0 and 1."""
        precision, recall = ratio(self.aligned, self.predicted), ratio(self.aligned, self.gold)
        fact_precision, fact_recall = ratio(self.fact, self.predicted), ratio(self.fact, self.gold)
        return {
            "detection_precision": precision,
            "detection_recall": recall,
            "detection_f1": harmonic(precision, recall),
            "sender_accuracy": ratio(self.sender, self.aligned),
            "target_accuracy": ratio(self.target, self.aligned),
            "status_accuracy": ratio(self.status, self.aligned),
            "measure_accuracy": ratio(self.measure, self.aligned),
            "fact_precision": fact_precision,
            "fact_recall": fact_recall,
            "fact_f1": harmonic(fact_precision, fact_recall),
        }


def compare(row: GoldRow, found: Sequence[SanctionsMention]) -> Comparison:
    """Say which extracted mention is which labelled one, and what is missed and invented."""
    aligned = _align(row.mentions, found)
    paired_gold, paired_found = {i for i, _, _ in aligned}, {j for _, j, _ in aligned}
    return Comparison(
        row=row,
        found=tuple(found),
        pairs=tuple(
            Pair(row.mentions[i], found[j], verdict) for i, j, verdict in aligned if not row.mentions[i].optional
        ),
        missed=tuple(g for i, g in enumerate(row.mentions) if i not in paired_gold and not g.optional),
        invented=tuple(mention for j, mention in enumerate(found) if j not in paired_found),
        excused=sum(row.mentions[i].optional for i, _, _ in aligned),
    )


def counts(comparison: Comparison) -> Counts:
    """Return what one row adds to the figures."""
    pairs, is_negative = comparison.pairs, not comparison.row.mentions

    def right(of: Callable[[Verdict], bool]) -> int:
        return sum(of(pair.verdict) for pair in pairs)

    return Counts(
        gold=len(pairs) + len(comparison.missed),
        predicted=len(comparison.found) - comparison.excused,
        aligned=len(pairs),
        sender=right(lambda verdict: verdict.sender),
        target=right(lambda verdict: verdict.target),
        status=right(lambda verdict: verdict.status),
        measure=right(lambda verdict: verdict.measure),
        fact=right(lambda verdict: verdict.fact),
        negatives=int(is_negative),
        negatives_hit=int(is_negative and bool(comparison.found)),
    )


def _align(gold: Sequence[GoldMention], found: Sequence[SanctionsMention]) -> list[tuple[int, int, Verdict]]:
    """One to one, best agreement first; a shared trigger counts most."""
    scored = []
    for i, labelled in enumerate(gold):
        for j, mention in enumerate(found):
            if not compatible(labelled.measure, mention.measure):
                continue
            trigger, verdict = mention.trigger, judge(labelled, mention)
            overlaps = any(start < trigger.end and trigger.start < end for start, end in labelled.triggers)
            score = _SHARED_TRIGGER * overlaps + verdict.agreement - _OPTIONAL * labelled.optional
            scored.append((score, i, j, verdict))
    aligned: list[tuple[int, int, Verdict]] = []
    used_gold: set[int] = set()
    used_found: set[int] = set()
    for _, i, j, verdict in sorted(scored, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            aligned.append((i, j, verdict))
    return aligned
