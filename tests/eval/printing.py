"""Lay out what was measured as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.eval.breakdown import Kind, by_measure, by_status
from tests.eval.calibration import BAR, SURE, Bin, reliability, sure
from tests.eval.duplicates import ALIKE, FOLDED, Folding
from tests.eval.evaluation import Evaluation, Reader, total
from tests.eval.labels import GoldMention
from tests.eval.scoring import Comparison, Counts
from tests.eval.seed import Line, decoys, mentions, names
from tests.eval.shares import ratio
from tests.eval.spans import EntityCounts

_KINDS = ("", "labelled", "found", "sender", "target", "status", "facts", "recall", "fact recall", "invented")


def seed_article(reader: Reader, comparison: Comparison) -> Iterator[str]:
    """Yield the seed article fact by fact."""
    enriched = reader.read(comparison.row.id, comparison.row.text)
    yield from map(_fact, mentions(comparison))
    yield from map(_fact, decoys(enriched))
    labelled, right, differing = names(enriched)
    yield f"{_mark(right=right == labelled == len(enriched.entities))} {right} of {labelled} names"
    yield from (f"      {line}" for line in differing)


def sanctions(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Yield the figures of a set: overall, by measure, by status."""
    yield from _overall(total(comparisons), len(comparisons))
    for title, kinds in (("by measure", by_measure(comparisons)), ("by status", by_status(comparisons))):
        yield ""
        yield from table([(title, *_KINDS[1:]), *map(_kind, kinds)])


def entities(counted: Mapping[str, EntityCounts]) -> Iterator[str]:
    """Yield the figures of named spans."""
    lines: list[Sequence[object]] = [("set", "labelled", "found", "right", "precision", "recall", "F1", "span F1")]
    for name, counts in counted.items():
        figures = counts.figures()
        lines.append((name, counts.gold, counts.predicted, counts.typed, *map(_decimal, figures.values())))
    yield from table(lines)


def calibration(evaluation: Evaluation) -> Iterator[str]:
    """Yield a reliability table for each set that has mentions enough to say anything."""
    for name, comparisons in evaluation.sanctions.items():
        if name == "seed":
            continue
        yield ""
        bins = reliability(comparisons)
        yield from table([(name, "mentions", "right facts", "share", "stated"), *map(_bin, bins)])
        claimed = sure(comparisons)
        share = f"{claimed.share:.1%}" if claimed.count else "none to judge"
        yield f">= {SURE}: {claimed.count} mentions, {claimed.right} right facts, {share}; the bar is {BAR:.0%}"


def duplicates(folded: Iterable[Folding]) -> Iterator[str]:
    """Yield what fingerprints say of pairs whose similarity is known."""
    lines: list[Sequence[object]] = [("pairs of", "pairs", "error", f">= {ALIKE}", "0.5 to 0.6", "random")]
    for each in folded:
        shares = (
            f"{each.alike_folded}/{each.alike}",
            f"{each.other_folded}/{each.other}",
            f"{each.random_folded}/{each.random}",
        )
        lines.append((each.name, each.pairs, _decimal(each.error), *shares))
    yield f"Pairs by their measured similarity, and how many of them are estimated at {FOLDED} or more:"
    yield from table(lines)


def errors(comparisons: Iterable[Comparison]) -> Iterator[str]:
    """Yield every mention of a set that is not a right fact, with its text."""
    for comparison in comparisons:
        text = " ".join(comparison.row.text.split())
        lines = [
            f"  wrong {_slots_wrong(pair.verdict.sender, pair.verdict.target, pair.verdict.status)}: "
            f"labelled {_labelled(pair.gold)}, found {pair.found.status} "
            f"{[p.text for p in pair.found.senders]} > {[p.text for p in pair.found.targets]} ({pair.found.confidence})"
            for pair in comparison.pairs
            if not pair.verdict.fact
        ]
        lines += [f"  missed {_labelled(mention)}" for mention in comparison.missed]
        lines += [f"  invented {m.measure} “{m.trigger.text}” ({m.confidence})" for m in comparison.invented]
        if lines:
            yield f"{comparison.row.id}: {text}"
            yield from lines


def table(lines: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table; the first column is flush left, the others right."""
    cells = [[str(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *rest in cells:
        right = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *right)).rstrip()


def _overall(counts: Counts, rows: int) -> Iterator[str]:
    figures = {name: _decimal(value) for name, value in counts.figures().items()}
    yield f"{rows} texts; {counts.gold} mentions labelled, {counts.predicted} extracted, {counts.aligned} are the same"
    yield (
        f"detection F1 {figures['detection_f1']} "
        f"(precision {figures['detection_precision']}, recall {figures['detection_recall']})"
    )
    yield (
        f"fact F1 {figures['fact_f1']} ({counts.fact} right facts; "
        f"precision {figures['fact_precision']}, recall {figures['fact_recall']})"
    )
    shares = ("sender", "target", "status", "measure")
    yield "of those detected: " + ", ".join(
        f"{name} {figures[f'{name}_accuracy']} ({getattr(counts, name)}/{counts.aligned})" for name in shares
    )
    yield f"texts without a sanction that get a mention: {counts.negatives_hit}/{counts.negatives}"


def _kind(kind: Kind) -> Sequence[object]:
    of = [f"{part}/{kind.found}" for part in (kind.sender, kind.target, kind.status, kind.fact)]
    recalls = (_decimal(ratio(part, kind.gold)) if kind.gold else "–" for part in (kind.found, kind.fact))
    return (kind.name, kind.gold, kind.found, *of, *recalls, kind.invented)


def _bin(found: Bin) -> Sequence[object]:
    bounds = f"{found.low:.1f} to {min(found.high, 1.0):.1f}"
    return (bounds, found.count, found.right, _decimal(found.share), _decimal(found.stated))


def _fact(line: Line) -> str:
    return f"{_mark(right=line.right)} {line.what}\n      {line.found}"


def _mark(*, right: bool | None) -> str:
    return {True: "right", False: "WRONG", None: "  –  "}[right]


def _labelled(mention: GoldMention) -> str:
    return f"{mention.measure} {mention.status} {list(mention.senders)} > {list(mention.targets)}"


def _slots_wrong(sender: bool, target: bool, status: bool) -> str:  # noqa: FBT001 - three of a kind
    names_of = {"sender": sender, "target": target, "status": status}
    return ", ".join(name for name, right in names_of.items() if not right)


def _decimal(value: float) -> str:
    return f"{value:.3f}"
