"""The dashboards are whole: Grafana knows their panels, and they ask for what the services export."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import CHECKOUT
from tests.deploy.dashboards import FILES, fill, panels, queries
from tests.deploy.exports import TARGET, everything, samples, services
from tests.deploy.promql import grouping_labels, selectors
from tests.deploy.rule_files import rules

GRAFANA = CHECKOUT / "deploy" / "grafana"
NAMES = {"overview", "ingest", "processor", "alerts", "notifier"}
BUILT_IN = {"__rate_interval": "1m", "__range": "1h"}
COLUMNS = 24


def read(file: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return said


def test_there_is_an_overview_and_one_for_each_service() -> None:
    assert {file.stem for file in FILES} == NAMES
    assert {read(file)["uid"] for file in FILES} == {f"sightline-{name}" for name in NAMES}
    assert set(services()) | {"overview"} == NAMES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dashboard_is_of_a_schema_that_grafana_12_reads(file: Path) -> None:
    said = read(file)
    assert said["schemaVersion"] >= 39
    numbers = [panel["id"] for panel in said["panels"]]
    assert len(set(numbers)) == len(numbers)
    for panel in panels(said):
        assert panel["type"] in {"timeseries", "stat", "table"}
        assert panel["title"]
        assert panel["description"].endswith((".", "?"))
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] is None
        assert panel["type"] == "table" or panel["fieldConfig"]["defaults"]["unit"]
        for target in panel["targets"]:
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert panel["type"] == "table" or target["legendFormat"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_panels_do_not_overlap(file: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in read(file)["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= COLUMNS
        taken |= cells


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_queries_ask_for_what_is_exported_and_for_the_instances_chosen(file: Path) -> None:
    known = everything() | {rule.name: TARGET for rule in rules() if not rule.is_alert}
    chosen = dict.fromkeys((each["name"] for each in read(file)["templating"]["list"]), "x")
    assert chosen.keys() == {"datasource", "prefix", "instance"}
    for query in queries(file):
        fill(query.expression, chosen | BUILT_IN)  # no variable but these
        asked = list(selectors(query.expression))
        there = TARGET.union(*(known[name] for name, _ in asked))
        assert grouping_labels(query.expression) <= there, query
        for name, labels in asked:
            assert labels <= known[name] | TARGET, query
        assert any("instance" in labels for _, labels in asked) or "ALERTS" in query.expression, query


def test_every_metric_of_ours_is_shown_somewhere() -> None:
    shown = {name for file in FILES for query in queries(file) for name, _ in selectors(query.expression)}
    families = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in shown}
    for metrics in services().values():
        for name in samples(metrics.registry):
            if name.startswith("sightline_") and not name.endswith(("_bucket", "_sum", "_count")):
                assert name in shown
            elif name.startswith("sightline_"):
                assert name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") in families


def test_every_metric_of_ours_is_described_with_its_labels_and_services() -> None:
    text = (CHECKOUT / "docs" / "monitoring.md").read_text("utf-8")
    described: dict[str, tuple[set[str], set[str]]] = {}
    for names, labels, where in re.findall(r"^\| (`sightline_.*?) \| (.*?) ?\| (.*?) \|", text, re.MULTILINE):
        of = set(services()) if where == "all" else set(where.split(", "))
        described |= dict.fromkeys(re.findall(r"`(\w+)`", names), (set(re.findall(r"`(\w+)`", labels)), of))
    exported: dict[str, tuple[set[str], set[str]]] = {}
    for service, metrics in services().items():
        for name, labels in samples(metrics.registry).items():
            family = name.removesuffix("_bucket")
            if name.startswith("sightline_") and not name.endswith(("_sum", "_count")):
                exported.setdefault(family, (set(labels - {"le"}), set()))[1].add(service)
    assert described == exported


def test_what_is_provisioned_is_there() -> None:
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text("utf-8"))["datasources"]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/sightline.yaml").read_text("utf-8"))["providers"]
    assert (provider["type"], provider["options"]) == ("file", {"path": "/var/lib/grafana/dashboards"})
