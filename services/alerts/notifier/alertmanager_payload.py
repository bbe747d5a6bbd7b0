"""Write alerts as Alertmanager's v2 API takes them, and decide which it must be told again."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schemas import Alert, AlertKind, AlertStatus
from services.alerts.notifier.messages import MAX_EVIDENCE, address_of, evidence_of
from services.core.headers import format_time

_NO_LABEL = re.compile(r"[^A-Za-z0-9_]")
Payload = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as Alertmanager was told of it.

    Attributes:
        labels: By which Alertmanager knows it again.
        annotations: What was last said of it.
        address: Of the article, if it has one.
        starts_at: When it was opened, as far as we know.
        event_id: The event that said so last.
    """

    labels: dict[str, str]
    annotations: dict[str, str]
    address: str | None
    starts_at: datetime
    event_id: str

    def payload(self, ends_at: datetime) -> Payload:
        """Return it as the API takes it, open until `ends_at`, or resolved where that is not in the future."""
        return {
            "labels": self.labels,
            "annotations": self.annotations,
            "startsAt": format_time(min(self.starts_at, ends_at)),
            "endsAt": format_time(ends_at),
            **({"generatorURL": self.address} if self.address else {}),
        }


def opened_by(alert: Alert, before: OpenAlert | None) -> OpenAlert:
    """Return what Alertmanager is to know after an event, given what it knew before."""
    starts_at = alert.raised_at if before is None else min(before.starts_at, alert.raised_at)
    return OpenAlert(labels_for(alert), annotations_for(alert), address_of(alert), starts_at, alert.id)


def payloads_for(
    alert: Alert, before: OpenAlert | None, *, now: datetime, expires_after: timedelta
) -> tuple[Payload, ...]:
    """Return what an event is to Alertmanager.

    An alert whose rule has been given another severity or other labels is another one to Alertmanager: the one it
    knew is cleared in the same request.
    """
    after = opened_by(alert, before)
    if is_closing(alert):
        # Not later than now, else it would count as open still; a clock that is ahead must not keep it so.
        ends_at = min(alert.raised_at, now)
        cleared = [after] if before is None or before.labels == after.labels else [before, after]
        return tuple(each.payload(ends_at) for each in cleared)
    told = [after.payload(now + expires_after)]
    if before is not None and before.labels != after.labels:
        told.append(before.payload(now))
    return tuple(told)


def is_closing(alert: Alert) -> bool:
    """Whether nothing is open after this event."""
    return alert.kind is AlertKind.RESOLVED or alert.status is AlertStatus.RESOLVED


def labels_for(alert: Alert) -> dict[str, str]:
    """Return the labels: they identify an alert to Alertmanager, and so say nothing that changes in its life.

    A label that Alertmanager could not take is written with underscores; an empty one counts as none there.
    """
    own = {_label_name(name): value for name, value in sorted(alert.labels.items()) if value}
    return {
        **own,
        "alertname": alert.rule.id,
        "alert_id": alert.alert_id,
        "severity": alert.severity.value,
        "actors": ",".join(sorted(actor.actor_id for actor in alert.actors)),
    }


def annotations_for(alert: Alert) -> dict[str, str]:
    """Return what is shown with an alert."""
    told = {
        "summary": alert.summary,
        "evidence": "\n".join(list(evidence_of(alert))[:MAX_EVIDENCE]),
        "scope": alert.scope.value,
        "articles": str(alert.article_count),
        "stories": str(alert.story_count),
        "independent_sources": str(alert.independent_source_count),
    }
    return {name: value for name, value in told.items() if value}


def _label_name(name: str) -> str:
    written = _NO_LABEL.sub("_", name)
    return f"_{written}" if written[:1].isdigit() else written
