"""A real Alertmanager gets our alerts, groups, repeats, inhibits, silences and resolves them as it does its own."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas import AlertKind, Severity, Topic
from services.alerts.notifier.alertmanager import API_PATH, AlertmanagerChannel
from services.alerts.notifier.http_channel import HttpSender
from services.core.codec import encode
from tests.integration import timelines
from tests.integration.alertmanager import call, find_alertmanager, run_alertmanager
from tests.integration.notifying import config, is_delivered, notifier, publish, told
from tests.integration.receivers import HttpReceiver, Request
from tests.integration.running import Installation, wait_for
from tests.unit.alerts.notifier.examples import alert, silence

EARLY_S, LATE_S = 0.3, 3.0
OPEN = 'sightline_notifier_open_alerts{receiver="am"}'


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with HttpReceiver().running() as receiver:
        yield receiver


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    return Installation(broker, fresh_name("alertmanager") + ".")


def simple(http: HttpReceiver) -> dict[str, Any]:
    return {
        "route": {"receiver": "all", "group_by": ["alertname"], "group_wait": "100ms", "group_interval": "500ms"},
        "receivers": [{"name": "all", "webhook_configs": [{"url": f"{http.url}/am"}]}],
    }


def feeding(address: str, **fields: object) -> dict[str, Any]:
    return {"id": "am", "alertmanager": {"url": address, "allow_private": True, **fields}, "timeout": "5s"}


def notified(http: HttpReceiver) -> list[tuple[str, frozenset[str]]]:
    """Return what Alertmanager has told its receiver: the status of each group, and its alerts."""
    bodies = [request.json for request in http.at("/am")]
    return [(body["status"], frozenset(each["labels"]["alert_id"] for each in body["alerts"])) for body in bodies]


def test_it_receives_groups_and_resolves_ours(installation: Installation, http: HttpReceiver, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    one, two = (alert(alert_id=f"al-{n}", labels={"desk": "east"}, raised_at=now) for n in "12")
    with run_alertmanager(find_alertmanager(), tmp_path, simple(http)) as address:  # noqa: SIM117 - reads better
        with notifier(installation, tmp_path, config([feeding(address)])) as service:
            service.wait_until_ready()
            publish(installation, [one, two])
            told(installation, 2, is_delivered)
            wait_for(lambda: ("firing", frozenset({"al-1", "al-2"})) in notified(http), "both in one group")
            (first, second) = sorted(call(address, "alerts"), key=lambda each: str(each["labels"]["alert_id"]))
            assert first["labels"] == {
                "alertname": "same-sentence",
                "alert_id": "al-1",
                "severity": "warning",
                "actors": "ann,bob",
                "desk": "east",
            }
            assert second["annotations"]["evidence"].startswith("“Ann met Bob despite sanctions.”")
            assert first["generatorURL"] == "https://news.example/meeting"
            updated = alert(AlertKind.UPDATED, 2, alert_id="al-1", severity=Severity.CRITICAL, raised_at=now)
            publish(installation, [updated])
            told(installation, 3, is_delivered)
            known = [each["labels"] for each in call(address, "alerts")]
            assert {each["severity"] for each in known if each["alert_id"] == "al-1"} == {
                "critical"
            }  # what it knew under the old labels is cleared
            ends = [
                alert(AlertKind.RESOLVED, 3, alert_id="al-1", severity=Severity.CRITICAL, raised_at=datetime.now(UTC)),
                alert(AlertKind.RESOLVED, 2, alert_id="al-2", labels={"desk": "east"}, raised_at=datetime.now(UTC)),
            ]
            publish(installation, ends)
            told(installation, 5, is_delivered)
            assert call(address, "alerts") == []
            wait_for(lambda: notified(http)[-1][0] == "resolved", "its receiver is told of the end")
            wait_for(lambda: service.metric(OPEN) == 0, "it keeps none open")


def test_open_alerts_are_told_again_and_a_restart_loses_neither_them_nor_their_end(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    kept, quiet, ended = (alert(alert_id=f"al-{name}", rule=name, raised_at=now) for name in ("kept", "quiet", "ended"))
    always = silence("rule=quiet", starts_at=now - timedelta(days=1), lasts=timedelta(days=2))
    installation.produce(Topic.ALERTS_SILENCES, [(always.id.encode(), encode(always))])
    with run_alertmanager(find_alertmanager(), tmp_path, simple(http)) as address:
        said = config([feeding(address, resend_interval="1s", expires_after="4s")])
        with notifier(installation, tmp_path, said) as service:
            service.wait_until_ready()
            publish(installation, [kept, quiet, ended])
            told(installation, 3)
            assert open_alerts(address) == {"al-kept", "al-ended"}
            resent = 'sightline_notifier_resends_total{outcome="delivered"}'
            wait_for(lambda: service.metric(resent) >= 2, "they are told again")
            assert service.stop() == 0
        publish(installation, [alert(AlertKind.RESOLVED, 2, alert_id="al-ended", rule="ended", raised_at=now)])
        wait_for(lambda: open_alerts(address) == set(), "nobody tells it any more, so they expire")
        with notifier(installation, tmp_path, said) as service:
            wait_for(lambda: open_alerts(address) == {"al-kept"}, "the open one is back, and no other")
            service.wait_until_ready()
            told(installation, 3, is_delivered)
            wait_for(lambda: service.metric(OPEN) == 1, "it keeps one open")
            publish(installation, [alert(AlertKind.RESOLVED, 2, alert_id="al-kept", rule="kept", raised_at=now)])
            wait_for(lambda: open_alerts(address) == set(), "it is cleared")
            assert service.stop() == 0


def open_alerts(address: str) -> set[str]:
    return {each["labels"]["alert_id"] for each in call(address, "alerts")}


def test_its_own_timelines_hold_for_what_we_feed_it(shared_data: Path, http: HttpReceiver, tmp_path: Path) -> None:
    file = shared_data / "alerts" / "alertmanager_acceptance_scenarios.json"
    everything = json.loads(file.read_text("utf-8"))["scenarios"]
    scenarios = {each["name"]: each for each in everything if each["name"] in timelines.APPLY}
    assert len(everything) == 14
    assert len(scenarios) == len(timelines.APPLY)
    with run_alertmanager(find_alertmanager(), tmp_path, timelines_config(http, scenarios)) as address:
        began = datetime.now(UTC)
        began_s = time.monotonic()
        drive(address, scenarios, began, began_s)
        for name, scenario in scenarios.items():
            for path, key in receivers_of(name, scenario):
                expected = timelines.wants(scenario, key)
                wait_for(
                    lambda path=path, expected=expected: len(http.at(path)) >= len(expected),  # type: ignore[misc]  # bound early
                    f"{path} gets {len(expected)} notifications",
                )
                for want, request in zip(expected, http.at(path), strict=False):
                    check(path, want, request, began, began_s)
    # A resolve is told once: nothing follows.
    assert len(http.at("/repeat")) == 3


def receivers_of(name: str, scenario: dict[str, Any]) -> list[tuple[str, str]]:
    if "want" in scenario:
        return [(f"/{name}", "want")]
    return [(f"/{name}", "want_receiver1"), (f"/{name}-unresolved", "want_receiver2")]


def timelines_config(http: HttpReceiver, scenarios: dict[str, Any]) -> dict[str, Any]:
    receivers = []
    for name, scenario in scenarios.items():
        hooks: list[dict[str, Any]] = [{"url": f"{http.url}/{name}"}]
        if "want_receiver2" in scenario:
            hooks.append({"url": f"{http.url}/{name}-unresolved", "send_resolved": False})
        receivers.append({"name": name, "webhook_configs": hooks})
    return {
        "route": {"receiver": "nobody", "routes": [timelines.routes(each) for each in scenarios.values()]},
        "receivers": [{"name": "nobody"}, *receivers],
        "inhibit_rules": [
            {
                "source_matchers": ['alertname="JobDown"'],
                "target_matchers": ['alertname="InstanceDown"'],
                "equal": ["scenario", "zone"],
            }
        ],
    }


def drive(address: str, scenarios: dict[str, Any], began: datetime, began_s: float) -> None:
    """Do what the timelines say, all at the same time, each when its moment has come."""
    steps = [
        (timelines.seconds(at), name, pushed, said)
        for name, scenario in scenarios.items()
        for at, pushed, said in scenario["push"]
    ]
    channel = AlertmanagerChannel(
        HttpSender(address + API_PATH, timeout_s=5, allow_private=True, max_answer_bytes=1024),
        resend_interval=timedelta(hours=1),
        expires_after=timedelta(hours=1),
    )
    silences: dict[str, str] = {}
    never = threading.Event()
    for at_s, name, pushed, said in sorted(steps, key=lambda step: step[0]):
        never.wait(max(0.0, began_s + at_s - time.monotonic()))
        if pushed.startswith("SILENCE"):
            silences[name] = add_silence(address, name, pushed, began)
        elif pushed.startswith("DELETE"):
            call(address, f"silence/{silences[name]}", method="DELETE")
        else:
            for event in timelines.alerts_pushed(name, pushed, said, began, at_s / timelines.SCALE):
                channel.post(list(timelines.payloads(event, said, began, datetime.now(UTC))))
    channel.close()


def add_silence(address: str, scenario: str, pushed: str, began: datetime) -> str:
    """Add a silence such as `SILENCE alertname=~.+ active 1.5..100`, and return its id."""
    _, matcher, _, window = pushed.split()
    name, _, value = matcher.partition("=")
    start, _, end = window.partition("..")
    answer: dict[str, str] = call(
        address,
        "silences",
        {
            "matchers": [
                {"name": name, "value": value.removeprefix("~"), "isRegex": value.startswith("~")},
                {"name": "scenario", "value": scenario, "isRegex": False},
            ],
            "startsAt": (began + timedelta(seconds=timelines.seconds(float(start)))).isoformat(),
            "endsAt": (began + timedelta(seconds=timelines.seconds(float(end)))).isoformat(),
            "createdBy": "test",
            "comment": "timeline",
        },
    )
    return answer["silenceID"]


def check(path: str, want: timelines.Want, request: Request, began: datetime, began_s: float) -> None:
    got = timelines.received(request.json)
    zoneless = frozenset((name.partition(" ")[0] if name.startswith("test") else name, status) for name, status in got)
    assert zoneless == want.content, f"{path} at {request.at - began_s:.2f}: wanted from {want.earliest_s}"
    assert want.earliest_s - EARLY_S <= request.at - began_s <= want.latest_s + LATE_S, path
    for each in request.json["alerts"]:
        details = want.said.get(each["labels"]["alertname"], {})
        if "start" in details:
            starts = datetime.fromisoformat(each["startsAt"]) - began
            assert abs(starts.total_seconds() - timelines.seconds(details["start"])) < 0.05, path
        if "ann" in details:
            assert each["annotations"]["summary"] == details["ann"], path
        if "end" in details:
            ends = datetime.fromisoformat(each["endsAt"]) - began
            assert abs(ends.total_seconds() - timelines.seconds(details["end"])) < 0.05, path
