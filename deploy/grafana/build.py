"""Write the dashboards' JSON from what `dashboards.yaml` says they show: `python -m deploy.grafana.build`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataTransformerConfig,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

FOLDER = Path(__file__).parent
DESCRIPTION = FOLDER / "dashboards.yaml"
WRITTEN = FOLDER / "dashboards"
TAG = "sightline"
_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
_ALL = VariableOption(text=["All"], value=["$__all"], selected=True)
_COLUMNS = 24
_WIDTH, _HEIGHT, _STAT_HEIGHT = 12, 8, 4
_GOOD, _WARN, _BAD = "green", "yellow", "red"

Said = Mapping[str, Any]  # what YAML says: checked by what it is turned into
Panel = stat.Panel | table.Panel | timeseries.Panel


def dashboards() -> dict[str, str]:
    """Return the JSON of each dashboard, by the name of its file."""
    said = yaml.safe_load(DESCRIPTION.read_text("utf-8"))
    encode = JSONEncoder(sort_keys=True, indent=2).encode
    return {f"{one['id']}.json": encode(_dashboard(one, said["shared"]).build()) + "\n" for one in said["dashboards"]}


def _dashboard(said: Said, shared: Said) -> dashboard.Dashboard:
    builder = (
        dashboard.Dashboard(said["title"])
        .uid(f"sightline-{said['id']}")
        .description(said["about"])
        .tags([TAG])
        .timezone("browser")
        .time("now-1h", "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .link(
            dashboard.DashboardLink("Sightline")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .include_vars(True)
            .keep_time(True)
        )
        .annotation(
            dashboard.AnnotationQuery()
            .name("Alerts of Prometheus")
            .datasource(_SOURCE)
            .enable(True)
            .icon_color(_BAD)
            .expr('ALERTS{alertname=~"Sightline.+", alertstate="firing"}')
        )
    )
    for variable in _variables(said.get("service")):
        builder = builder.with_variable(variable)
    number = 0
    for row in said["rows"]:
        builder = builder.with_row(dashboard.Row(row["title"]).id(number := number + 1))
        panels = [shared[panel] if isinstance(panel, str) else panel for panel in row["panels"]]
        stats = sum(panel.get("kind") == "stat" for panel in panels)
        for panel in panels:
            builder = builder.with_panel(_panel(panel, _COLUMNS // max(stats, 1)).id(number := number + 1))
    return builder


def _variables(service: str | None) -> Iterator[dashboard.DatasourceVariable | dashboard.QueryVariable]:
    """Yield the data source, the installation by the prefix of its topics, and the instances of a service or of all."""
    yield dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
    yield (
        dashboard.QueryVariable("prefix")
        .label("Prefix")
        .description("Of the installation's topics; one without a prefix is among all.")
        .datasource(_SOURCE)
        .query({"query": "label_values(sightline_build_info, prefix)", "refId": "prefix"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .current(_ALL)
        .all_value(".*")
    )
    matchers = 'prefix=~"$prefix"' if service is None else f'prefix=~"$prefix", service="{service}"'
    yield (
        dashboard.QueryVariable("instance")
        .label("Instance")
        .datasource(_SOURCE)
        .query({"query": f"label_values(sightline_build_info{{{matchers}}}, instance)", "refId": "instance"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.NATURAL_ASC)
        .multi(True)
        .include_all(True)
        .current(_ALL)
    )


def _panel(said: Said, stat_width: int) -> Panel:
    panel: Panel
    match said.get("kind", "timeseries"):
        case "stat":
            panel = _stat().span(stat_width).height(_STAT_HEIGHT)
        case "table":
            panel = _table().span(said.get("width", _WIDTH)).height(_HEIGHT)
        case "timeseries":
            panel = _timeseries(said).span(said.get("width", _WIDTH)).height(_HEIGHT)
        case other:
            msg = f"{said['title']}: no kind of panel is {other!r}"
            raise ValueError(msg)
    panel = panel.title(said["title"]).description(said["about"]).datasource(_SOURCE).thresholds(_thresholds(said))
    if unit := said.get("unit"):
        panel = panel.unit(unit.replace("suffix: ", "suffix:"))
    if (decimals := said.get("decimals")) is not None:
        panel = panel.decimals(decimals)
    for number, (legend, expression) in enumerate(said["queries"].items()):
        query = prometheus.Dataquery().ref_id(chr(ord("A") + number)).datasource(_SOURCE).expr(expression)
        if isinstance(panel, table.Panel):
            query = query.instant().format(PromQueryFormat.TABLE)
        else:
            query = query.range().legend_format(legend)
        panel = panel.with_target(query)
    return panel


def _stat() -> stat.Panel:
    return (
        stat.Panel()
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.AREA)
    )


def _table() -> table.Panel:
    columns = {"excludeByName": {"Time": True}, "renameByName": {"Value": "Number"}}
    return table.Panel().with_transformation(DataTransformerConfig(id_val="organize", options=columns))


def _timeseries(said: Said) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .min(0)
        .line_width(1)
        .fill_opacity(30 if said.get("stacked") else 8)
        .show_points(VisibilityMode.NEVER)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["lastNotNull", "max"])
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    if said.get("stacked"):
        panel = panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    if said.get("line"):
        panel = panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    return panel


def _thresholds(said: Said) -> dashboard.ThresholdsConfig:
    """Return from which values on it is which colour; equal levels leave the yellow out."""
    warn, bad = said.get("levels", (None, None))
    steps = [Threshold(color=_GOOD)]
    if said.get("worse") == "below":
        steps = [Threshold(color=_BAD), Threshold(color=_WARN, value=bad), Threshold(color=_GOOD, value=warn)]
    elif warn is not None:
        steps += [Threshold(color=_WARN, value=warn)] * (warn != bad) + [Threshold(color=_BAD, value=bad)]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def main() -> None:
    """Write every dashboard."""
    for name, content in dashboards().items():
        (WRITTEN / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
