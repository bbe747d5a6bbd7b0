"""The dashboards as Grafana would run them: variables filled in from Prometheus, queries executed over a time range."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import CHECKOUT
from tests.integration.prometheus import ask

FOLDER = CHECKOUT / "deploy" / "grafana" / "dashboards"
FILES = tuple(sorted(FOLDER.glob("*.json")))
_LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")

Said = dict[str, Any]  # what JSON says


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is shown; in seconds since 1970, and seconds."""

    start: float
    end: float
    step: float = 1.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a panel, as its legend names it."""

    legend: str
    times: list[float]
    values: list[float]  # NaN where there is none


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel."""

    panel_id: int
    panel: str
    expression: str
    legend: str
    is_table: bool = field(default=False)


def panels(dashboard: Said) -> Iterator[Said]:
    """Yield the panels of a dashboard, rows apart."""
    return (panel for panel in dashboard["panels"] if panel["type"] != "row")


def queries(file: Path) -> Iterator[Query]:
    """Yield every query of every panel of a dashboard."""
    for panel in panels(json.loads(file.read_text("utf-8"))):
        for target in panel["targets"]:
            legend = target.get("legendFormat", "")
            yield Query(panel["id"], panel["title"], target["expr"], legend, panel["type"] == "table")


def variables(address: str, dashboard: Said, span: Span) -> dict[str, str]:
    """Return what Grafana puts for each variable where all of its values are chosen."""
    filled = {"__rate_interval": "10s", "__range": f"{math.ceil(span.end - span.start)}s"}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] != "query":
            continue
        wanted = _LABEL_VALUES.fullmatch(fill(variable["query"]["query"], filled))
        assert wanted is not None, variable["query"]
        values = ask(address, f"label/{wanted[2]}/values", match=wanted[1])
        filled[variable["name"]] = variable.get("allValue") or f"({'|'.join(map(re.escape, values))})"
    return filled


def fill(expression: str, filled: Mapping[str, str]) -> str:
    """Put the variables in; one that is not known is an error."""
    return _VARIABLE.sub(lambda match: filled[match[1]].replace("\\", "\\\\"), expression)


def execute(address: str, query: Query, filled: Mapping[str, str], span: Span) -> list[Series]:
    """Return what a query gives, without series that hold no number."""
    expression = fill(query.expression, filled)
    if query.is_table:
        answer = ask(address, "query", query=expression, time=str(span.end))["result"]
        found = [_series(query, each["metric"], [each["value"]]) for each in answer]
    else:
        range_ = {"start": str(span.start), "end": str(span.end), "step": str(span.step)}
        answer = ask(address, "query_range", query=expression, **range_)["result"]
        found = [_series(query, each["metric"], each["values"]) for each in answer]
    return [series for series in found if any(map(math.isfinite, series.values))]


def _series(query: Query, labels: Mapping[str, str], samples: list[tuple[float, str]]) -> Series:
    legend = re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), query.legend)
    if query.is_table:
        legend = " ".join(value for name, value in sorted(labels.items()) if name != "__name__")
    return Series(legend, [float(time) for time, _ in samples], [float(value) for _, value in samples])
