"""Draw what `make bench` measured of scale: `python -m tests.bench.plots scale.json docs/images/scale.svg`."""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

_STYLE: Any = {  # Any: matplotlib lists each of its settings in a type
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "sightline",
    "font.family": "sans-serif",
    "font.size": 9,
}
_COLOURS = ("#1f77b4", "#e07b00")
_UNITS = {"rules": "co-occurrences/s", "open alerts": "co-occurrences/s"}


def draw(measured: list[dict[str, Any]], path: Path) -> None:
    """Draw a panel for each thing that was varied, with a bar for little and one for much of it."""
    varied = list(dict.fromkeys(row["varied"] for row in measured))
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(2.3 * len(varied), 2.6), facecolor="white", layout="constrained")
        for number, what in enumerate(varied):
            rows = [row for row in measured if row["varied"] == what]
            axes = figure.add_subplot(1, len(varied), number + 1)
            bars = axes.bar([f"{row['value']:,}" for row in rows], [row["rate"] for row in rows], color=_COLOURS)
            axes.bar_label(bars, [f"{row['rate']:,.0f}" for row in rows])
            axes.set_title(what, fontsize=10)
            axes.set_ylabel(_UNITS.get(what, "articles/s"))
            axes.set_ylim(0, max(row["rate"] for row in rows) * 1.15)
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None, "Title": "What more costs"})


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
