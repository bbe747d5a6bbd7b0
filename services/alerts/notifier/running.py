"""Run the loop of one receiver in a thread: join its group, work, and begin anew when the cluster fails it."""

import time

from kafka.errors import KafkaError
from pydantic import ValidationError

from schemas import Alert, Topic
from services.alerts.notifier.alertmanager import AlertmanagerChannel
from services.alerts.notifier.channel import Channel
from services.alerts.notifier.config import Receiver
from services.alerts.notifier.intake import Intake
from services.alerts.notifier.labels import labels_of
from services.alerts.notifier.loop import ReceiverLoop
from services.alerts.notifier.progress import place_group, read_last
from services.alerts.notifier.shared import Shared
from services.alerts.notifier.withholding import withheld
from services.core.diagnosis import explain
from services.core.errors import BrokerUnavailable
from services.core.health import Health
from services.core.logging import get_logger
from services.core.settings import Settings

_PAUSE_S = 1.0
_log = get_logger(__name__)


class ReceiverRunner:
    """Everything about one receiver; `run` belongs to a thread of its own."""

    def __init__(
        self, receiver: Receiver, channel: Channel, settings: Settings, shared: Shared, health: Health
    ) -> None:
        self._receiver = receiver
        self._channel = channel
        self._feed = channel if isinstance(channel, AlertmanagerChannel) else None
        self._kafka = settings.kafka
        self._read_back = settings.notifier.read_back
        self._group = f"{settings.kafka.topic_prefix}{settings.notifier.group}-{receiver.id}"
        self._shared = shared
        self._health = health
        self._part = f"receiver {receiver.id}"
        self._has_looked_up = False
        self.beat_at = time.monotonic()
        health.report(self._part, "not a member of its group yet")

    def run(self) -> None:
        """Work until it is time to stop."""
        while not self._shared.stop.is_set():
            try:
                self._work()
            except (KafkaError, BrokerUnavailable) as error:
                problem = explain(error, self._kafka) if isinstance(error, KafkaError) else str(error)
                self._shared.metrics.restarts.inc()
                _log.warning("loop_failed", receiver=self._receiver.id, problem=problem, restart_in_s=_PAUSE_S)
                self.beat_at = time.monotonic()
                self._shared.stop.wait(_PAUSE_S)

    def _work(self) -> None:
        place_group(self._kafka, self._group, self._receiver.start)
        intake = Intake(self._kafka, self._group)

        def idle() -> None:
            self.beat_at = time.monotonic()
            if intake.stay():
                self._tend(intake)

        loop = ReceiverLoop(self._receiver, self._channel, intake, self._shared, idle)
        try:
            while not self._shared.stop.is_set():
                intake.fetch()
                self._tend(intake)
                intake.membership.require()
                self.beat_at = time.monotonic()
                loop.work_off()
                self._catch_up(intake)
        finally:
            if self._feed is not None:
                self._feed.clear()
            intake.close()

    def _tend(self, intake: Intake) -> None:
        """Look after what goes on beside the events."""
        self._health.report(self._part, None if intake.membership.holds() else "not a member of its group")
        self._shared.metrics.receiver_lag.labels(self._receiver.id).set(intake.lag)
        lost, gained = intake.lost, intake.gained
        intake.lost, intake.gained = set(), set()
        if self._feed is None:
            return
        self._feed.forget(lost)
        if gained:
            self._look_up_open_alerts(self._feed, intake, gained)
            self._has_looked_up = True
        self._count(self._feed, self._feed.resend())

    def _catch_up(self, intake: Intake) -> None:
        """Tell of what was looked up, but not before the events since then are told: some may have ended."""
        if self._feed is not None and self._has_looked_up and intake.is_caught_up:
            self._has_looked_up = False
            self._count(self._feed, self._feed.resend(at_once=True))

    def _count(self, feed: AlertmanagerChannel, taken: bool | None) -> None:  # noqa: FBT001 - what `resend` returns
        if taken is not None:
            self._shared.metrics.resends.labels("delivered" if taken else "failed").inc()
        self._shared.metrics.open_alerts.labels(self._receiver.id).set(feed.open_count)

    def _look_up_open_alerts(self, feed: AlertmanagerChannel, intake: Intake, partitions: set[int]) -> None:
        """Find the alerts that an Alertmanager was told of before, so that they do not expire there while open."""
        before = intake.next_offsets(partitions)
        for record in read_last(self._kafka, Topic.ALERTS, last=self._read_back, before=before):
            self.beat_at = time.monotonic()
            intake.stay()
            try:
                alert = Alert.model_validate_json(record.value or b"")
            except ValidationError:
                continue  # it was set aside when its turn was
            if self._was_told(alert):
                feed.remember(record.partition, alert)

    def _was_told(self, alert: Alert) -> bool:
        """Whether an event has gone to this receiver, as far as can be told from what stands in it."""
        labels = labels_of(alert)
        return (
            self._receiver.id in self._shared.routes.choose(labels)
            and alert.kind in self._receiver.events
            and withheld(alert, labels, self._shared.silences(), alert.raised_at) is None
        )
