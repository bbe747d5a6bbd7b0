"""Feed an Alertmanager: tell it of every event, and keep what is open from expiring there."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pydantic_core import to_json

from schemas import Alert
from services.alerts.notifier.alertmanager_payload import OpenAlert, Payload, is_closing, opened_by, payloads_for
from services.alerts.notifier.channel import Event, Refused, TryAgain
from services.alerts.notifier.http_channel import HttpSender

API_PATH = "/api/v2/alerts"
_BATCH = 200  # alerts in one request


class AlertmanagerChannel:
    """Remembers, by partition, which alerts are open in the Alertmanager. Safe to use from several threads."""

    def __init__(
        self,
        sender: HttpSender,
        *,
        resend_interval: timedelta,
        expires_after: timedelta,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sender = sender
        self._resend_interval = resend_interval
        self._expires_after = expires_after
        self._clock = clock
        self._open: dict[int, dict[str, OpenAlert]] = {}
        self._resent_at = clock()
        self._lock = threading.Lock()

    def deliver(self, event: Event) -> str:
        """Post what an event is to Alertmanager; see `Channel`."""
        before = self._known(event)
        payloads = payloads_for(event.alert, before, now=self._clock(), expires_after=self._expires_after)
        told = self.post(payloads, event.trace_headers)
        self.remember(event.partition, event.alert)
        return told

    def post(self, payloads: Sequence[Payload], headers: Mapping[str, str] | None = None) -> str:
        """Post alerts, and return what was answered; raises as `HttpSender.post`."""
        return self._sender.post(to_json(payloads), {"Content-Type": "application/json", **(headers or {})})

    def remember(self, partition: int, alert: Alert) -> None:
        """Take note of an event that Alertmanager knows of, or knew of before we were started."""
        with self._lock:
            alerts = self._open.setdefault(partition, {})
            if is_closing(alert):
                alerts.pop(alert.alert_id, None)
            else:
                alerts[alert.alert_id] = opened_by(alert, alerts.get(alert.alert_id))

    def pass_over(self, event: Event) -> None:
        """Stop keeping an alert open whose end was not told: it expires in Alertmanager instead."""
        if is_closing(event.alert):
            self.remember(event.partition, event.alert)

    def forget(self, partitions: Iterable[int]) -> None:
        """Forget what lies in partitions that are somebody else's now."""
        with self._lock:
            for partition in partitions:
                self._open.pop(partition, None)

    def clear(self) -> None:
        """Forget everything; it is looked up again."""
        with self._lock:
            self._open.clear()

    @property
    def open_count(self) -> int:
        """How many alerts are kept open."""
        with self._lock:
            return sum(map(len, self._open.values()))

    def resend(self, *, at_once: bool = False) -> bool | None:
        """Tell again of every open alert if it is time to; return whether that was taken, None if it was not time."""
        now = self._clock()
        if not at_once and now - self._resent_at < self._resend_interval:
            return None
        self._resent_at = now
        with self._lock:
            payloads = [
                each.payload(now + self._expires_after) for alerts in self._open.values() for each in alerts.values()
            ]
        if not payloads:
            return None
        try:
            for first in range(0, len(payloads), _BATCH):
                self.post(payloads[first : first + _BATCH])
        except (Refused, TryAgain):
            return False
        return True

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def _known(self, event: Event) -> OpenAlert | None:
        with self._lock:
            return self._open.get(event.partition, {}).get(event.alert.alert_id)
