"""Say where an alert would go and what would become of it there, without sending anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas import Alert
from services.alerts.notifier.config import Receiver
from services.alerts.notifier.labels import labels_of
from services.alerts.notifier.routing import Routes
from services.alerts.notifier.silencing import ReadSilence
from services.alerts.notifier.withholding import withheld


@dataclass(frozen=True, slots=True)
class Destination:
    """Which route leads to which receiver, and in words what would become of the alert there."""

    route: str
    receiver: str
    fate: str


def destinations(
    alert: Alert, receivers: Sequence[Receiver], routes: Routes, silences: Sequence[ReadSilence], at: datetime
) -> list[Destination]:
    """Return where an alert would go at a moment; nowhere if no route matches it."""
    labels = labels_of(alert)
    reason = withheld(alert, labels, silences, at)
    by_id = {receiver.id: receiver for receiver in receivers}
    return [
        Destination(
            route,
            receiver,
            f"passed over: {receiver} does not ask for {alert.kind.value}"
            if alert.kind not in by_id[receiver].events
            else f"sent by {by_id[receiver].kind.value}"
            if reason is None
            else f"{reason.outcome.value}: {reason.detail}",
        )
        for receiver, route in routes.choose(labels).items()
    ]
