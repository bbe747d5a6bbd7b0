"""Deliver one event to one receiver: withheld, delivered, or after the last try given up; each attempt is told of."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from schemas import Notification, Outcome, Reason
from services.alerts.notifier.attempts import Attempts
from services.alerts.notifier.channel import Event, Refused, TryAgain
from services.alerts.notifier.config import Receiver
from services.alerts.notifier.matchers import Labels
from services.alerts.notifier.notifications import (
    Undeliverable,
    dead_letter_output,
    make_notification,
    notification_output,
)
from services.alerts.notifier.retrying import Patience, next_pause
from services.alerts.notifier.shared import Shared
from services.alerts.notifier.withholding import Withheld, withheld
from services.core.dead_letters import Received
from services.core.logging import get_logger
from services.core.outputs import traced
from services.core.tracing import Span

_SLICE_S = 0.5
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """An event on its way to the receiver.

    Attributes:
        event: What is delivered.
        received: As it was received.
        labels: Of the alert.
        route: Which route sent it here.
        written_at_s: When it came to `alerts`, in seconds since 1970.
        is_ours: Tells whether its partition is still ours.
        span: Of the delivery, all attempts together.
    """

    event: Event
    received: Received
    labels: Labels
    route: str
    written_at_s: float
    is_ours: Callable[[], bool]
    span: Span


@dataclass(frozen=True, slots=True)
class _Tried:
    outcome: Outcome
    detail: str
    retry_after_s: float | None = None


class Delivery:
    """Delivers to one receiver, one event at a time."""

    def __init__(self, receiver: Receiver, attempts: Attempts, shared: Shared, idle: Callable[[], None]) -> None:
        self._receiver = receiver
        self._attempts = attempts
        self._shared = shared
        self._idle = idle
        self._patience = Patience(receiver.max_attempts, receiver.max_elapsed.total_seconds())

    def deliver(self, task: Task) -> Outcome | None:
        """Try until it is settled, and told of; return how it ended, or None if we had to leave it to another run."""
        began = time.monotonic()
        for attempt in count(1):
            reason = withheld(task.event.alert, task.labels, self._shared.silences(), datetime.now(UTC))
            if reason is not None:
                return self._tell(task, self._withheld(task, reason))
            tried = self._attempt(task.event)
            pause_s = self._pause(tried, attempt, time.monotonic() - began)
            told = self._tell(task, self._tried(task, attempt, tried, pause_s))
            if pause_s is None or told is None:
                return told
            if not self._wait(task, pause_s):
                return None
        return None

    def _attempt(self, event: Event) -> _Tried:
        try:
            return _Tried(Outcome.DELIVERED, self._attempts.make(event, self._idle))
        except Refused as error:
            return _Tried(Outcome.GIVEN_UP, str(error))
        except TryAgain as error:
            return _Tried(Outcome.FAILED, str(error), error.retry_after_s)

    def _pause(self, tried: _Tried, attempt: int, elapsed_s: float) -> float | None:
        """Return how long to wait before another attempt, or None if there is to be none."""
        if tried.outcome is not Outcome.FAILED:
            return None
        return next_pause(
            self._shared.backoff,
            self._patience,
            attempt=attempt,
            elapsed_s=elapsed_s,
            retry_after_s=tried.retry_after_s,
            chance=random.random(),  # noqa: S311 - spreads attempts, keeps no secret
        )

    def _tried(self, task: Task, attempt: int, tried: _Tried, pause_s: float | None) -> Notification:
        now = datetime.now(UTC)
        is_last = tried.outcome is Outcome.FAILED and pause_s is None
        return make_notification(
            task.event.alert,
            self._receiver.id,
            task.route,
            Outcome.GIVEN_UP if is_last else tried.outcome,
            attempt=attempt,
            at=now,
            detail=tried.detail,
            retry_at=None if pause_s is None else now + timedelta(seconds=pause_s),
        )

    def _withheld(self, task: Task, reason: Withheld) -> Notification:
        return make_notification(
            task.event.alert,
            self._receiver.id,
            task.route,
            reason.outcome,
            attempt=0,
            at=datetime.now(UTC),
            detail=reason.detail,
            silence_id=reason.silence_id,
        )

    def _tell(self, task: Task, notification: Notification) -> Outcome | None:
        """Write what became of an attempt, and return that once the cluster has it; None if we were told to stop."""
        outcome = notification.outcome
        outputs = [*traced([notification_output(notification)], task.span.traceparent)]
        if outcome is Outcome.GIVEN_UP:
            error = Undeliverable(f"receiver {self._receiver.id}: {notification.detail}")
            outputs.append(dead_letter_output(task.received, error, self._receiver.id, failed_at=notification.at))
        if not self._shared.outbox.write(outputs, idle=self._idle, stop=self._shared.stop):
            return None
        self._count(task, notification)
        if outcome is not Outcome.FAILED:
            _tell_of(task.span, notification)
        return outcome

    def _count(self, task: Task, notification: Notification) -> None:
        kind, metrics = self._receiver.kind.value, self._shared.metrics
        metrics.attempts.labels(kind, notification.outcome.value).inc()
        known = {"receiver": self._receiver.id, "event_id": notification.event_id, "attempt": notification.attempt}
        if notification.outcome is Outcome.DELIVERED:
            metrics.alert_to_delivery_s.labels(kind).observe(max(0.0, time.time() - task.written_at_s))
            _log.debug("delivered", **known)
        elif notification.outcome is Outcome.FAILED:
            _log.warning("not_delivered", **known, problem=notification.detail, retry_at=str(notification.retry_at))
        elif notification.outcome is Outcome.GIVEN_UP:
            metrics.dead_letters.labels(self._shared.alerts_topic, Reason.UNDELIVERABLE.value).inc()
            _log.error("given_up", **known, problem=notification.detail)

    def _wait(self, task: Task, pause_s: float) -> bool:
        """Wait for the next attempt; return whether it is still ours to make."""
        waiting = self._shared.metrics.waiting_retries.labels(self._receiver.id)
        waiting.set(1)
        try:
            until = time.monotonic() + pause_s
            while (left_s := until - time.monotonic()) > 0:
                if self._shared.stop.wait(min(_SLICE_S, left_s)):
                    return False
                self._idle()
                if not task.is_ours():
                    return False
        finally:
            waiting.set(0)
        return True


def _tell_of(span: Span, notification: Notification) -> None:
    is_lost = notification.outcome is Outcome.GIVEN_UP
    span.finish(
        {
            "messaging.message.id": notification.event_id,
            "sightline.alert.id": notification.alert_id,
            "sightline.receiver": notification.receiver,
            "sightline.outcome": notification.outcome.value,
            "sightline.attempts": notification.attempt,
        },
        error=Reason.UNDELIVERABLE.value if is_lost else None,
    )
