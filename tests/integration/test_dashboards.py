"""Every query of every panel has something to show, when a real Prometheus has scraped the real system under load."""

import json
import time
import uuid
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

import pytest

from tests.deploy.dashboards import FILES, Span, execute, queries, variables
from tests.deploy.load import System, running, under_load
from tests.deploy.rule_files import rules
from tests.integration.prometheus import ask, query
from tests.waiting import wait_until

RATE = 15.0
DEADLINE_S = 40.0
# What no load brings about, and must not: these are there, and zero. Of the rest each panel has a number above zero.
ZERO = {
    "Aborted", "Restarts", "How fast the budget burns", "Beyond the bounds", "Dropped and unreadable", "Trying again",
    "Messages behind", "Behind", "Lag",
}  # fmt: skip


RESOLVED = 'sum(sightline_alerts_total{kind="resolved"}) > 0'
GIVEN_UP = 'sum(sightline_notifications_total{outcome="given_up"}) > 0'


@pytest.fixture(scope="module")
def system(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    prefix, folder = f"dashboards-{uuid.uuid4().hex[:12]}.", tmp_path_factory.mktemp("dashboards")
    with running(broker, prefix, folder) as started, under_load(started, rate=lambda: RATE):
        for happened in (RESOLVED, GIVEN_UP):
            wait_until(
                lambda happened=happened: bool(query(started.prometheus, happened)),  # type: ignore[misc]  # bound early
                deadline_s=DEADLINE_S,
                told=lambda: query(started.prometheus, "{__name__=~'sightline_.*_total'} > 0"),
            )
        yield started


@pytest.fixture(scope="module")
def began() -> float:
    return time.time()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_panel_is_empty(system: System, began: float, file: Path) -> None:
    left = list(queries(file))
    problems: list[str] = []

    def all_have_something() -> bool:
        span = Span(began - 60, time.time())
        filled = variables(system.prometheus, json.loads(file.read_text("utf-8")), span)
        shown = {asked: execute(system.prometheus, asked, filled, span) for asked in left}
        left[:] = [asked for asked, series in shown.items() if not series]
        problems[:] = [f"{asked.panel}: {asked.expression}" for asked in left]
        return not left

    wait_until(all_have_something, deadline_s=DEADLINE_S, told=lambda: "\n".join(problems))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_panel_shows_what_has_happened(system: System, began: float, file: Path) -> None:
    def flat() -> list[str]:
        span = Span(began - 60, time.time())
        filled = variables(system.prometheus, json.loads(file.read_text("utf-8")), span)
        highest: dict[str, float] = {}
        for asked in queries(file):
            numbers = [n for s in execute(system.prometheus, asked, filled, span) for n in s.values if isfinite(n)]
            highest[asked.panel] = max([highest.get(asked.panel, 0.0), *numbers])
        return [panel for panel, number in highest.items() if number <= 0 and panel not in ZERO]

    wait_until(lambda: not flat(), deadline_s=DEADLINE_S, told=flat)


def test_every_rule_is_evaluated_without_an_error(system: System) -> None:
    def states() -> dict[str, str]:
        groups = ask(system.prometheus, "rules")["groups"]
        return {rule["name"]: rule["health"] + rule.get("lastError", "") for group in groups for rule in group["rules"]}

    expected = {rule.name: "ok" for rule in rules()}
    wait_until(lambda: states() == expected, deadline_s=DEADLINE_S, told=states)
    for name in (rule.name for rule in rules() if not rule.is_alert):
        wait_until(lambda name=name: bool(query(system.prometheus, name)), deadline_s=DEADLINE_S)  # type: ignore[misc]  # bound early


def test_an_alert_fires_for_what_has_gone_wrong(system: System) -> None:
    firing = 'ALERTS{alertname="SightlineNotificationsGivenUp", alertstate="firing", kind="webhook"}'
    wait_until(lambda: bool(query(system.prometheus, firing)), deadline_s=DEADLINE_S)
    assert not query(system.prometheus, 'ALERTS{alertname=~"SightlineDown|SightlineNotReady|SightlineWatchlistEmpty"}')
