"""The committed figures: what `make check` holds extraction to, and `make eval EVAL_ARGS=--write` writes anew."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.eval.calibration import sure
from tests.eval.evaluation import Evaluation, total
from tests.eval.shares import ratio

COMMITTED = Path(__file__).parent / "figures.json"
MAX_DROP = 0.02
MIN_SURE = 30  # of fewer sure mentions, a single one would move the figure by more than is allowed

Figures = Mapping[str, Mapping[str, float]]  # by set, by name; each between 0 and 1, the higher the better


def figures_of(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """Return every figure of every set; sets of names are called `names in SET`."""
    figures: dict[str, dict[str, float]] = {}
    for name, comparisons in evaluation.sanctions.items():
        counts, confident = total(comparisons), sure(comparisons)
        figures[name] = counts.figures()
        if counts.negatives:
            figures[name]["negatives_without_a_mention"] = ratio(
                counts.negatives - counts.negatives_hit, counts.negatives
            )
        if confident.count >= MIN_SURE:
            figures[name]["sure_and_right"] = confident.share
    figures |= {f"names in {name}": counts.figures() for name, counts in evaluation.entities.items()}
    return figures


def drops(committed: Figures, now: Figures) -> Iterator[str]:
    """Yield a line for each committed figure that has fallen too far; sets that cannot be read here are passed over."""
    for name in committed.keys() & now.keys():
        for figure, before in committed[name].items():
            after = now[name].get(figure, before)
            if round(before - after, 4) >= MAX_DROP:
                yield f"{name}: {figure} was {before:.4f} and is {after:.4f}"


def read_figures() -> dict[str, dict[str, float]]:
    """Return the committed figures."""
    figures: dict[str, dict[str, float]] = json.loads(COMMITTED.read_text("utf-8"))
    return figures


def write_figures(figures: Figures) -> None:
    """Commit to these figures; those of sets that cannot be read here stay as they are."""
    kept = read_figures() if COMMITTED.exists() else {}
    COMMITTED.write_text(json.dumps(kept | dict(figures), indent=2, sort_keys=True) + "\n", "utf-8")
