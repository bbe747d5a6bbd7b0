"""The loop: messages in; results, state and offsets out, in one Kafka transaction a batch (KIP-447).

What makes it exactly once: a batch is committed only when every one of its records is acknowledged, the offsets
travel in the same transaction with the group's metadata, which fences an instance that lost its partitions, and after
a failure each partition goes back to the first offset of the aborted batch, together with the state in memory. What
time alone brings about is written in the same way, with the offsets where the partition stands.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.structs import ConsumerGroupMetadata

from schemas import Topic
from services.alerts.spans import BatchSpans
from services.alerts.state_topic import restore_state
from services.alerts.transactions import Transactions
from services.alerts.work import Book, Work
from services.core.clients import create_consumer
from services.core.dead_letters import Received
from services.core.diagnosis import explain
from services.core.errors import TransientError
from services.core.headers import from_epoch_ms
from services.core.health import Health
from services.core.logging import get_logger
from services.core.membership import Membership
from services.core.metrics import AlertsMetrics
from services.core.settings import KafkaSettings
from services.core.tracing import NO_EXPORT, Tracer

_POLL_MS = 200
_IDLE_MS = 500
_FULL_BYTES = 262_144  # of a fetch that need not wait for more
_UNSEEN_S = 5.0  # after which a partition whose end no fetch has told is taken to hold nothing more
_log = get_logger(__name__)


class AbortFailed(TransientError):  # noqa: N818 - says what happened
    """A transaction could not be aborted, or nobody knows how it ended: a new loop fences this one, and finds out."""


@dataclass(slots=True)
class Batch:
    """What one transaction is about.

    Attributes:
        records: By partition.
        offsets: To commit: behind the records, or where a partition stands if only time has passed there.
    """

    records: dict[TopicPartition, list[ConsumerRecord]] = field(default_factory=dict)
    offsets: dict[TopicPartition, OffsetAndMetadata] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a loop works: its group and transactional id, and how records become a batch.

    Attributes:
        group: Consumer group.
        transactional_id: Unlike that of any other running loop.
        batch_size: Most records in one transaction.
        linger_ms: How long the first record of a batch waits for others: a transaction costs more than its records.
        transaction_timeout_s: After which the cluster ends the transaction of an instance that died.
    """

    group: str
    transactional_id: str
    batch_size: int
    linger_ms: int
    transaction_timeout_s: float


class TransactionalLoop:
    """Runs until it is told to stop; use `close` at the end."""

    def __init__(  # noqa: PLR0913 - the parts it joins
        self,
        kafka: KafkaSettings,
        place: Place,
        book: Book,
        metrics: AlertsMetrics,
        health: Health,
        *,
        tracer: Tracer = NO_EXPORT,
    ) -> None:
        """Connect, and fence whoever ran under the same instance name before.

        Raises:
            KafkaError: The cluster does not let us.
        """
        self._kafka = kafka
        self._book = book
        self._metrics = metrics
        self._health = health
        self._part = "corrections" if book.source is Topic.ARTICLES_ENRICHED else "alerts"
        self._source = book.source.named(kafka.topic_prefix)
        self._tracer = tracer
        self._group = place.group
        self._ours: dict[int, float] = {}  # since when each partition is
        self._unrestored: set[int] = set()
        self._transactions = Transactions(kafka, place.transactional_id, timeout_s=place.transaction_timeout_s)
        self._consumer: KafkaConsumer = create_consumer(
            kafka,
            group_id=place.group,
            max_poll_records=place.batch_size,
            fetch_min_bytes=_FULL_BYTES if place.linger_ms else 1,
            fetch_max_wait_ms=place.linger_ms or _IDLE_MS,
            # Partitions that stay go on while others move.
            partition_assignment_strategy=[CooperativeStickyAssignor],
        )
        self._membership = Membership(self._consumer, self._source, _Listener(self))
        health.report(self._part, "waiting for partitions")

    def run(self, stop: threading.Event) -> None:
        """Process batches until `stop` is set.

        Raises:
            AbortFailed: Go on with a new loop.
            BrokerUnavailable: The state could not be restored, or the consumer does not become a member of its group.
        """
        while not stop.is_set():
            records = self._consumer.poll(timeout_ms=_POLL_MS)
            # As whom we got the records: who is put out of the group while at work must not commit as nobody.
            member = self._consumer.group_metadata()
            self._health.beat()
            self._membership.require()
            if member.generation_id < 0:  # from nobody, the cluster would take offsets without a question
                self._seek_back(records)
                continue
            self._restore()
            self._book.refresh()
            self._process(records, member)
            self._measure()

    def close(self) -> None:
        """Leave the group and disconnect."""
        self._consumer.close()
        self._transactions.close()
        self._health.report(self._part, "not a member")

    def assign(self, partitions: set[int]) -> None:
        """Take note of new partitions: their state is restored before the first of their records is processed."""
        self._unrestored |= partitions
        self._health.report(self._part, "restoring state" if self._unrestored else None)

    def revoke(self, partitions: set[int]) -> None:
        """Forget the state of partitions that are somebody else's now."""
        for partition in partitions:
            self._book.forget(partition)
            self._ours.pop(partition, None)
        self._unrestored -= partitions
        self._metrics.forget_lag(self._source)

    def _restore(self) -> None:
        if not self._unrestored:
            # Whoever is given no partition is told nothing: it stands by, and is ready.
            if self._membership.holds():
                self._health.report(self._part, None)
            return
        partitions = sorted(self._unrestored)
        started = time.monotonic()
        for partition, states in restore_state(self._kafka, self._book.state, partitions).items():
            self._book.restore(partition, states)
            self._ours[partition] = time.monotonic()
        self._unrestored.clear()
        took_s = round(time.monotonic() - started, 2)
        _log.info("state_restored", topic=self._book.state.value, partitions=partitions, took_s=took_s)
        self._health.report(self._part, None)

    def _process(self, records: dict[TopicPartition, list[ConsumerRecord]], member: ConsumerGroupMetadata) -> None:
        started = time.perf_counter()
        batch = Batch(records)
        spans = BatchSpans(self._tracer, self._source, self._group)
        works = self._work(batch, spans)
        states = self._book.states()
        outputs = [output for work in works for output in work.outputs]
        if not (records or outputs or states):
            return
        try:
            self._transactions.commit([*outputs, *states], batch.offsets, member)
        except KafkaError as error:
            self._go_back(batch, error)
            return
        self._book.keep(states)
        spans.finish()
        self._metrics.stage_s.labels("transaction").observe(time.perf_counter() - started)
        self._count(works, sum(len(each) for each in records.values()))

    def _work(self, batch: Batch, spans: BatchSpans) -> list[Work]:
        """Return what follows from the records of a batch and, where there are no more of them, from the time."""
        works = []
        for tp, records in batch.records.items():
            for record in records:
                # A header may be null; what is written again may not.
                headers = tuple((name, value or b"") for name, value in record.headers or ())
                received = Received(record.topic, record.partition, record.offset, record.key, record.value, headers)
                span = spans.begin(received)
                works.append(spans.note(span, self._book.work_on(received, from_epoch_ms(record.timestamp))))
            batch.offsets[tp] = OffsetAndMetadata(records[-1].offset + 1, "", -1)
        now = datetime.now(UTC)
        for partition in list(self._ours):
            tp = TopicPartition(self._source, partition)
            if self._is_at_end(tp):
                works += [spans.note(spans.begin(None), work) for work in self._book.tick(partition, now)]
                # Without offsets, the time that passes for an instance that lost its partitions would not be fenced.
                batch.offsets.setdefault(tp, OffsetAndMetadata(self._consumer.position(tp), "", -1))
        return works

    def _is_at_end(self, tp: TopicPartition) -> bool:
        """Whether no record waits: those that do are older than the present, and come first."""
        end = self._consumer.highwater(tp)
        if end is None:
            return time.monotonic() - self._ours[tp.partition] > _UNSEEN_S
        return bool(self._consumer.position(tp) >= end)

    def _go_back(self, batch: Batch, error: KafkaError) -> None:
        _log.warning("transaction_aborted", source=self._source, problem=explain(error, self._kafka))
        self._metrics.transactions.labels("aborted").inc()
        self._book.take_back()
        if isinstance(error, KafkaTimeoutError):
            msg = "how the transaction ended is not known"
            raise AbortFailed(msg) from error
        try:
            self._transactions.abort()
        except KafkaError as worse:
            msg = f"the transaction could not be aborted: {explain(worse, self._kafka)}"
            raise AbortFailed(msg) from worse
        self._seek_back(batch.records)

    def _seek_back(self, records: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        mine = self._consumer.assignment()
        for tp, those in records.items():
            if tp in mine:
                self._consumer.seek(tp, those[0].offset)

    def _count(self, works: list[Work], consumed: int) -> None:
        self._metrics.transactions.labels("committed").inc()
        self._metrics.consumed.labels(self._source).inc(consumed)
        self._metrics.repeats.inc(sum(work.repeats for work in works))
        self._metrics.forgotten.inc(sum(work.forgotten for work in works))
        now = time.time()
        for work in works:
            if work.failed is not None:
                self._metrics.dead_letters.labels(self._source, work.failed.value).inc()
            for alert in work.alerts:
                self._metrics.raised.labels(alert.rule.id, alert.severity.value, alert.kind.value).inc()
                if work.article_time is not None:
                    self._metrics.publish_to_alert_s.observe(max(0.0, now - work.article_time.timestamp()))

    def _measure(self) -> None:
        state, size = self._book.state.value, self._book.size()
        self._metrics.remembered.labels(state).set(size.states)
        self._metrics.state_bytes.labels(state).set(size.total_bytes)
        self._metrics.state_largest.labels(state).set(size.largest_bytes)
        for tp in self._consumer.assignment():
            end = self._consumer.highwater(tp)
            if end is not None:
                lag = max(0, end - self._consumer.position(tp))
                self._metrics.lag.labels(tp.topic, str(tp.partition)).set(lag)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python is not typed
    """Passes rebalances on; the work itself is done between two polls."""

    def __init__(self, loop: TransactionalLoop) -> None:
        self._loop = loop

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._loop.revoke({tp.partition for tp in revoked})

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._loop.assign({tp.partition for tp in assigned})
