"""Alertmanager's own acceptance timelines, as what our client sends and what its receivers must get."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schemas import Alert, AlertKind
from services.alerts.notifier.alertmanager_payload import Payload, opened_by, payloads_for
from tests.unit.alerts.notifier.examples import alert

SCALE = 1.5  # of all times: what lies 0.2 s apart there must stay apart on a busy machine too
EXPIRES_S = 10.0  # after which what is not told again is resolved, where a timeline has that
# The others are about Alertmanager's own receivers, start and configuration, whoever feeds it.
APPLY = (
    "merge_refreshes_keep_earliest_start",
    "repeat",
    "batching",
    "resolve_timeout",
    "resolved_filter",
    "inhibit_then_release",
    "inhibit_both_resolve",
    "silence_window",
    "silence_delete",
)
_NAMED = re.compile(r"(?P<name>\w+)(?:\{(?P<label>\w+)=(?P<values>[\w,]+)\})?")
Content = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Want:
    """What a receiver must get, and when: earliest and latest, in seconds from the start."""

    earliest_s: float
    latest_s: float
    content: Content
    said: dict[str, dict[str, Any]]


def seconds(value: float) -> float:
    return value * SCALE


def duration(value: float) -> str:
    return f"{max(1, round(seconds(value) * 1000))}ms"


def alerts_pushed(scenario: str, pushed: str, said: dict[str, Any], began: datetime, at_s: float) -> list[Alert]:
    """Return the events in the life of our alerts that a push stands for."""
    match = _NAMED.fullmatch(pushed)
    assert match is not None, pushed
    name, label = match["name"], match["label"]
    if scenario == "resolved_filter":
        name, label, values = "test", "lbl", [name]
    else:
        values = (match["values"] or "").split(",")
    end = said.get("end")
    moment = began + timedelta(seconds=seconds(said.get("start", at_s) if end is None else end))
    return [
        alert(
            AlertKind.OPENED if end is None else AlertKind.RESOLVED,
            alert_id=f"{scenario}-{name}-{value}",
            rule=name,
            labels={"scenario": scenario, **({label: value} if label else {})},
            raised_at=moment,
            summary=said.get("ann", "none"),
        )
        for value in values
    ]


def payloads(event: Alert, said: dict[str, Any], began: datetime, now: datetime) -> Iterator[Payload]:
    """Return what our client sends for an event."""
    before = None
    if "end" in said:
        opened = event.model_copy(update={"kind": AlertKind.OPENED, "status": "open"})
        started = opened.model_copy(update={"raised_at": began + timedelta(seconds=seconds(said["start"]))})
        before = opened_by(started, None)
    yield from payloads_for(event, before, now=now, expires_after=timedelta(seconds=seconds(EXPIRES_S)))


def wants(scenario: dict[str, Any], receiver: str = "want") -> list[Want]:
    """Return what the receivers must get, in order."""
    found = []
    for earliest, latest, told in scenario[receiver]:
        content, said = _content(told)
        if content:
            found.append(Want(seconds(earliest), seconds(latest), content, said))
    return found


def routes(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return the route of a timeline in Alertmanager's configuration."""
    config = scenario["config"]
    config = {**_SAME_AS_INHIBIT, **config} if "same" in config else config
    return {
        "receiver": scenario["name"],
        "matchers": [f'scenario="{scenario["name"]}"'],
        "group_by": config["group_by"] or ["scenario"],
        "group_wait": duration(config["group_wait"]),
        "group_interval": duration(config["group_interval"]),
        "repeat_interval": duration(config.get("repeat_interval", 3600)),
    }


_SAME_AS_INHIBIT = {"group_by": [], "group_wait": 1, "group_interval": 1, "repeat_interval": 1}


def received(body: dict[str, Any]) -> Content:
    """Return what a receiver got: each alert's name and whether it fires."""
    return frozenset((_name(each["labels"]), each["status"]) for each in body["alerts"])


def _name(labels: dict[str, str]) -> str:
    if "lbl" in labels:
        return labels["lbl"]
    return f"{labels['alertname']} {labels['zone']}" if "zone" in labels else labels["alertname"]


def _content(told: Any) -> tuple[Content, dict[str, dict[str, Any]]]:
    if isinstance(told, str):  # such as "3 firing since 1"
        status = told.split()[1]
        return frozenset((f"v{number}", status) for number in (1, 2, 3)), {}
    content, said = set(), {}
    for each in told:
        name, details = (each[0], each[1]) if isinstance(each, list) else (each, {})
        words = name.split()
        is_resolved = "end" in details or "resolved" in words[-1]
        kept = " ".join(word for word in words if "resolved" not in word)
        content.add((kept, "resolved" if is_resolved else "firing"))
        said[kept] = details
    return frozenset(content), said
