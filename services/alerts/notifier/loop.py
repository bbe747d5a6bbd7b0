"""The loop of one receiver: records in; each is delivered, withheld or given up, and only then is it behind us."""

import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from kafka.errors import KafkaError

from schemas import Outcome
from services.alerts.notifier.alertmanager import AlertmanagerChannel
from services.alerts.notifier.attempts import Attempts
from services.alerts.notifier.channel import Channel, Event
from services.alerts.notifier.config import Receiver
from services.alerts.notifier.delivery import Delivery, Task
from services.alerts.notifier.intake import Intake, Item
from services.alerts.notifier.labels import labels_of
from services.alerts.notifier.notifications import dead_letter_output, decode_alert, is_for
from services.alerts.notifier.shared import Shared
from services.core.dead_letters import Received, reason_of
from services.core.errors import BrokerUnavailable
from services.core.headers import TRACEPARENT, read_header
from services.core.logging import get_logger
from services.core.tracing import process

_GRACE_S = 1.0  # beyond a receiver's own timeout, so that what its library says of it is heard
_log = get_logger(__name__)


class ReceiverLoop:
    """Works off the events for one receiver, each partition's in their order. Belongs to one thread."""

    def __init__(
        self, receiver: Receiver, channel: Channel, intake: Intake, shared: Shared, idle: Callable[[], None]
    ) -> None:
        """Make it.

        Args:
            receiver: Whom this is for.
            channel: The way there.
            intake: Where events come from.
            shared: With the other receivers.
            idle: Called about once a second, whatever else goes on.
        """
        self._receiver = receiver
        self._feed = channel if isinstance(channel, AlertmanagerChannel) else None
        self._intake = intake
        self._shared = shared
        self._idle = idle
        attempts = Attempts(receiver.id, channel, receiver.timeout.total_seconds() + _GRACE_S)
        self._delivery = Delivery(receiver, attempts, shared, idle)

    def work_off(self) -> None:
        """Settle every record that is here; what was delivered is committed at once, what is not for us at the end.

        Raises:
            KafkaError: The consumer has failed.
            BrokerUnavailable: So it has.
        """
        while not self._shared.stop.is_set() and (item := self._intake.next()) is not None:
            outcome, is_settled = self._work_on(item)
            if is_settled:
                self._intake.settle(item)
            if outcome is not None:
                self._commit()
            self._idle()
        self._commit()

    def _work_on(self, item: Item) -> tuple[Outcome | None, bool]:
        """Return what became of a record, if it was for us, and whether nothing more is to be done about it."""
        received = _as_received(item)
        try:
            task = self._task(item, received)
            if task is None:
                return None, True
            outcome = self._delivery.deliver(task)
        except (KafkaError, BrokerUnavailable):
            raise  # says nothing of the event: the loop begins anew where the receiver stands
        except Exception as error:  # noqa: BLE001 - one event that we fail on must not stop the others: it is set aside
            return None, self._set_aside(received, error)
        if self._feed is not None and outcome is not None and outcome is not Outcome.DELIVERED:
            self._feed.pass_over(task.event)
        return outcome, outcome is not None

    def _task(self, item: Item, received: Received) -> Task | None:
        """Return what is to be delivered, or None if the record is not for this receiver."""
        if not is_for(received, self._receiver.id):
            return None
        alert = decode_alert(received.value)
        labels = labels_of(alert)
        route = self._shared.routes.choose(labels).get(self._receiver.id)
        if route is None or alert.kind not in self._receiver.events:
            return None
        raised = read_header(received.headers, TRACEPARENT)
        span = process(self._shared.tracer, received, f"{self._shared.group}-{self._receiver.id}")
        return Task(
            Event(alert, received.value or b"", received.partition, raised, span.traceparent),
            received,
            labels,
            route,
            item.record.timestamp / 1000,
            is_ours=lambda: self._intake.is_ours(item),
            span=span,
        )

    def _set_aside(self, received: Received, error: Exception) -> bool:
        letter = dead_letter_output(received, error, self._receiver.id, failed_at=datetime.now(UTC))
        if not self._shared.outbox.write([letter], idle=self._idle, stop=self._shared.stop):
            return False
        reason = reason_of(error)
        self._shared.metrics.dead_letters.labels(self._shared.alerts_topic, reason.value).inc()
        _log.error(
            "set_aside",
            receiver=self._receiver.id,
            partition=received.partition,
            offset=received.offset,
            reason=reason.value,
            # Not what it says, which may quote the event; the dead letter has that.
            error=type(error).__name__,
            place=_place_of(error),
        )
        return True

    def _commit(self) -> None:
        problem = self._intake.commit()
        if problem is not None:
            _log.warning("not_committed", receiver=self._receiver.id, problem=problem)


def _place_of(error: Exception) -> str:
    """Return file and line where an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"


def _as_received(item: Item) -> Received:
    record = item.record
    # A header may be null; what is written again may not.
    headers = tuple((name, value or b"") for name, value in record.headers or ())
    return Received(record.topic, record.partition, record.offset, record.key, record.value, headers)
