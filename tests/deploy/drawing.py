"""Draw a dashboard of Grafana's as one SVG: the same panels in the same places, in plain light colours."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FuncFormatter, Locator, MaxNLocator, MultipleLocator

from tests.deploy.dashboards import Said, Series, panels

_COLUMNS = 24
_UNIT_IN = (0.56, 0.3)  # inches of a column and of a row of the grid
_TITLE_ROWS = 2
_INK, _FAINT, _GRID, _FRAME = "#24292f", "#57606a", "#e4e8ec", "#d0d7de"
_COLOURS = ("#1f77b4", "#e07b00", "#2a9d4a", "#8e5bbf", "#c2366b", "#7a5c4f", "#1a9ba8", "#8a8f98", "#b5a100")
_LEVELS = {"green": "#1a7f37", "yellow": "#b58900", "red": "#cf222e"}
_THOUSANDS = ((1000.0, " k"),)
_SIZES = {
    "s": ((86400.0, " d"), (3600.0, " h"), (60.0, " min"), (1.0, " s")),
    "bytes": ((1024.0**3, " GiB"), (1024.0**2, " MiB"), (1024.0, " KiB")),
}
_LEGENDS = 6  # of one panel, at most
_STYLE: Any = {  # Any: matplotlib lists each of its settings in a type
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "sightline",
    "font.family": "sans-serif",
    "font.size": 8.5,
    "text.color": _INK,
    "xtick.color": _FAINT,
    "ytick.color": _FAINT,
}


def draw(dashboard: Said, data: Sequence[tuple[int, Series]], path: Path) -> None:
    """Draw the panels of a dashboard with the series of each, by the panel's id."""
    with mpl.rc_context(_STYLE):
        rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"]) + _TITLE_ROWS
        figure = Figure(figsize=(_COLUMNS * _UNIT_IN[0], rows * _UNIT_IN[1]), facecolor="white")
        figure.text(0.008, 1 - 1.2 / rows, dashboard["title"], fontsize=15, fontweight="bold", va="center")
        figure.text(0.992, 1 - 1.2 / rows, dashboard["description"], fontsize=9, color=_FAINT, va="center", ha="right")
        for panel in dashboard["panels"]:
            if panel["type"] == "row":
                top = 1 - (panel["gridPos"]["y"] + _TITLE_ROWS + 0.55) / rows
                figure.text(0.008, top, panel["title"], fontsize=10, fontweight="bold", color=_FAINT, va="center")
        for panel in panels(dashboard):
            _Drawn(figure, panel, [series for number, series in data if number == panel["id"]], rows).draw()
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None, "Title": dashboard["title"]})


class _Drawn:
    """One panel on the figure."""

    def __init__(self, figure: Figure, panel: Said, series: Sequence[Series], rows: int) -> None:
        self._figure = figure
        self._panel = panel
        self._series = series
        place, margin = panel["gridPos"], (0.12, 0.12)
        self._x, self._width = (place["x"] + margin[0]) / _COLUMNS, (place["w"] - 2 * margin[0]) / _COLUMNS
        self._row = 1 / rows
        self._height = (place["h"] - 2 * margin[1]) / rows
        self._y = 1 - (place["y"] + place["h"] + _TITLE_ROWS - margin[1]) / rows
        self._unit = panel["fieldConfig"]["defaults"].get("unit", "none")
        self._decimals = panel["fieldConfig"]["defaults"].get("decimals")

    def draw(self) -> None:
        frame = FancyBboxPatch(
            (self._x, self._y), self._width, self._height, boxstyle="round,pad=0,rounding_size=0.002",
            transform=self._figure.transFigure, facecolor="white", edgecolor=_FRAME, linewidth=0.8, zorder=-1,
        )  # fmt: skip
        self._figure.add_artist(frame)
        self._text(0.008, 0.62, self._panel["title"], fontsize=9, fontweight="bold")
        {"stat": self._stat, "table": self._table, "timeseries": self._lines}[self._panel["type"]]()

    def _text(self, right: float, down: float, text: str, **options: Any) -> None:
        """Write at a place in the panel: a share of the figure from the left, rows from the top."""
        y = self._y + self._height - down * self._row
        self._figure.text(self._x + right, y, text, va="center", **options)

    def _axes(self, left: float, below: float, above: float) -> Axes:
        axes = self._figure.add_axes(
            (
                self._x + left,
                self._y + below * self._row,
                self._width - left - (0.014 if left else 0.0),
                self._height - (below + above) * self._row,
            )
        )
        axes.set_facecolor("none")
        for side in ("top", "right", "left", "bottom"):
            axes.spines[side].set_visible(False)
        return axes

    def _stat(self) -> None:
        axes = self._axes(0.0, 0.1, 2.4)
        axes.axis("off")
        for series in self._series[:1]:
            last = next(value for value in reversed(series.values) if math.isfinite(value))
            colour = _level(last, self._panel)
            axes.fill_between(series.times, series.values, color=colour, alpha=0.12, linewidth=0)
            axes.plot(series.times, series.values, color=colour, linewidth=0.8)
            axes.margins(0, 0.05)
            axes.set_ylim(bottom=0)
            self._text(0.008, 1.75, in_unit(last, self._unit, self._decimals), fontsize=17, color=colour)

    def _table(self) -> None:
        for number, series in enumerate(self._series[:_LEGENDS]):
            down = 1.9 + 0.85 * number
            self._text(0.008, down, series.legend, fontsize=8.5)
            y = self._y + self._height - down * self._row
            right = self._x + self._width - 0.008
            self._figure.text(right, y, f"{series.values[-1]:g}", va="center", ha="right", fontsize=8.5)

    def _lines(self) -> None:
        shown = sorted(self._series, key=lambda series: -max(filter(math.isfinite, series.values)))[:_LEGENDS]
        lines = -(-len(shown) // 2)
        axes = self._axes(0.038, 1.0 + 0.72 * lines, 1.3)
        if "stacking" in self._panel["fieldConfig"]["defaults"].get("custom", {}):
            grid = sorted({time for series in shown for time in series.times})
            heights = [_at(series, grid) for series in shown]
            axes.stackplot(grid, heights, colors=_COLOURS[: len(shown)], alpha=0.6, linewidth=0)
        else:
            for number, series in enumerate(shown):
                axes.plot(*_with_gaps(series), color=_COLOURS[number], linewidth=1.2)
        axes.margins(0, 0.08)
        axes.set_ylim(0, max(axes.get_ylim()[1], 1e-9))
        self._draw_levels(axes)
        axes.grid(axis="y", color=_GRID, linewidth=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=2, labelsize=7.5)
        axes.yaxis.set_major_locator(self._ticks(axes.get_ylim()[1]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: in_unit(value, self._unit, None)))
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 3, 6, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value) // 60}:{int(value) % 60:02}"))
        for number, series in enumerate(shown):
            self._legend(number, series, lines)

    def _ticks(self, top: float) -> Locator:
        if self._unit == "bytes":
            return MultipleLocator(2 ** math.ceil(math.log2(top / 4)))
        return MaxNLocator(4, integer=self._unit in {"none", "short"} and top > 1.5)

    def _draw_levels(self, axes: Axes) -> None:
        if "thresholdsStyle" not in self._panel["fieldConfig"]["defaults"].get("custom", {}):
            return
        for step in self._panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
            if step["value"] is not None:
                axes.axhline(step["value"], color=_LEVELS[step["color"]], linewidth=1, linestyle=(0, (4, 3)))
                axes.set_ylim(0, max(axes.get_ylim()[1], step["value"] * 1.1))

    def _legend(self, number: int, series: Series, lines: int) -> None:
        half = number % 2
        y = self._y + (0.35 + 0.72 * (lines - 1 - number // 2)) * self._row
        x = self._x + 0.008 + half * (self._width - 0.008) / 2
        last = in_unit(next(v for v in reversed(series.values) if math.isfinite(v)), self._unit, None)
        self._figure.text(x, y, "■", color=_COLOURS[number], fontsize=8, va="center")
        self._figure.text(x + 0.011, y, _short(series.legend), fontsize=7.5, va="center", color=_FAINT)
        right = x + (self._width - 0.016) / 2 - 0.006
        self._figure.text(right, y, last, fontsize=7.5, va="center", ha="right", color=_INK)


def _short(text: str, most: int = 27) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _with_gaps(series: Series) -> tuple[list[float], list[float]]:
    """Return times and values with a break wherever Prometheus had nothing for a while."""
    times, values = list(series.times[:1]), list(series.values[:1])
    usual = min((after - time for time, after in pairwise(series.times)), default=0.0)
    for (before, after), value in zip(pairwise(series.times), series.values[1:], strict=True):
        if after - before > 1.5 * usual:
            times.append(before + usual)
            values.append(math.nan)
        times.append(after)
        values.append(value)
    return times, values


def _at(series: Series, grid: Iterable[float]) -> list[float]:
    """Return the values at these times; 0 where there is none."""
    known = {time: value for time, value in zip(series.times, series.values, strict=True) if math.isfinite(value)}
    return [known.get(time, 0.0) for time in grid]


def _level(value: float, panel: Said) -> str:
    """Return the colour that a value has by the panel's thresholds."""
    colour = "green"
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if step["value"] is None or value >= step["value"]:
            colour = step["color"]
    return _LEVELS[colour]


def in_unit(value: float, unit: str, decimals: int | None) -> str:
    """Write a number as Grafana does in that unit."""
    if unit == "percentunit":
        return f"{value * 100:.{2 if decimals is None else decimals}f}".removesuffix(".00") + " %"
    if unit == "s" and 0 < abs(value) < 1:
        return f"{value * 1000:.3g} ms"
    for size, name in _SIZES.get(unit, _THOUSANDS):
        if abs(value) >= size:
            return f"{value / size:.3g}{name}{_suffix(unit)}"
    return (f"{value:.3g}" if decimals is None else f"{value:.{decimals}f}") + _suffix(unit)


def _suffix(unit: str) -> str:
    return unit.removeprefix("suffix:") if unit.startswith("suffix:") else ""
