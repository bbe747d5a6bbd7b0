"""The loop: co-occurrences in; state, alerts and offsets out, in one Kafka transaction a batch (KIP-447).

What makes it exactly once: a batch is committed only when every one of its records is acknowledged, the offsets
travel in the same transaction with the group's metadata, which fences an instance that lost its partitions, and after
a failure each partition goes back to the first offset of the aborted batch, together with the state in memory.
"""

import threading
import time
from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from schemas import AlertState, Rule, Topic
from services.alerts.state_topic import State, restore_state
from services.alerts.work import Limits, Work, work_on
from services.core.clients import create_consumer, create_producer
from services.core.dead_letters import Received
from services.core.diagnosis import explain
from services.core.errors import TransientError
from services.core.headers import from_epoch_ms
from services.core.health import Health
from services.core.logging import get_logger
from services.core.metrics import AlertsMetrics
from services.core.settings import Settings

Batch = dict[TopicPartition, list[ConsumerRecord]]
_POLL_MS = 250
_FLUSH_S = 30.0
_log = get_logger(__name__)


class AbortFailed(TransientError):  # noqa: N818 - says what happened
    """A transaction could not even be aborted: only a new process, which fences this one, knows where things stand."""


class AlertLoop:
    """Runs until it is told to stop; use `close` at the end."""

    def __init__(self, settings: Settings, rules: tuple[Rule, ...], metrics: AlertsMetrics, health: Health) -> None:
        """Connect, and fence whoever ran under the same instance name before.

        Raises:
            KafkaError: The cluster does not let us.
        """
        self._settings = settings
        self._kafka = settings.kafka
        self._rules = rules
        self._metrics = metrics
        self._health = health
        self._limits = Limits(settings.alerts.remembered_alerts, self._kafka.max_message_bytes)
        self._state: State = {}
        self._unrestored: set[int] = set()
        group = self._kafka.topic_prefix + settings.alerts.group
        self._producer: KafkaProducer = create_producer(
            self._kafka, transactional_id=f"{group}-{settings.alerts.instance}", transaction_timeout_ms=60_000
        )
        self._producer.init_transactions()
        self._consumer: KafkaConsumer = create_consumer(
            self._kafka, group_id=group, max_poll_records=settings.alerts.batch_size
        )
        self._consumer.subscribe([Topic.ACTORS_COOCCURRENCES.named(self._kafka.topic_prefix)], listener=_Listener(self))
        health.report("group", "waiting for partitions")

    def run(self, stop: threading.Event) -> None:
        """Process batches until `stop` is set.

        Raises:
            AbortFailed: Leave the process.
            BrokerUnavailable: The state could not be restored.
        """
        while not stop.is_set():
            batch: Batch = self._consumer.poll(timeout_ms=_POLL_MS)
            self._health.beat()
            if self._unrestored:
                self._state |= restore_state(self._kafka, sorted(self._unrestored))
                _log.info("state_restored", partitions=sorted(self._unrestored))
                self._unrestored.clear()
                self._health.report("group", None)
            if batch:
                self._process(batch)
            self._measure_lag()

    def close(self) -> None:
        """Leave the group and disconnect."""
        self._consumer.close()
        self._producer.close(timeout=2)

    def assign(self, partitions: set[int]) -> None:
        """Take note of new partitions: their state is restored before the first of their records is processed."""
        self._unrestored |= partitions
        self._health.report("group", "restoring state" if partitions else None)

    def revoke(self, partitions: set[int]) -> None:
        """Forget the state of partitions that are somebody else's now."""
        for partition in partitions:
            self._state.pop(partition, None)
        self._unrestored -= partitions
        self._metrics.lag.clear()

    def _process(self, batch: Batch) -> None:
        started = time.perf_counter()
        changed: State = {}
        try:
            self._producer.begin_transaction()
            works = self._write(batch, changed)
            offsets = {tp: OffsetAndMetadata(records[-1].offset + 1, "", -1) for tp, records in batch.items()}
            self._producer.send_offsets_to_transaction(offsets, self._consumer.group_metadata())
            self._producer.commit_transaction()
        except KafkaError as error:
            self._go_back(batch, error)
            return
        for partition, states in changed.items():
            self._state.setdefault(partition, {}).update(states)
        self._metrics.stage_s.labels("transaction").observe(time.perf_counter() - started)
        self._count(works)

    def _write(self, batch: Batch, changed: State) -> list[Work]:
        """Send what a batch becomes, and return when the broker has acknowledged every record of it."""
        works, sent = [], []
        for tp, records in batch.items():
            changes = changed.setdefault(tp.partition, {})
            for record in records:
                work = self._work_on(record, ChainMap(changes, self._state.get(tp.partition, {})))
                changes.update(work.outcome.states)
                works.append(work)
                for output in work.outputs:
                    topic = output.topic.named(self._kafka.topic_prefix)
                    where: dict[str, Any] = {} if output.partition is None else {"partition": output.partition}
                    sent.append(
                        self._producer.send(topic, output.value, key=output.key, headers=output.headers, **where)
                    )
        self._producer.flush(timeout=_FLUSH_S)
        for future in sent:
            # A flush returns when nothing is under way any more, whether it arrived or not.
            future.get(timeout=0)
        return works

    def _work_on(self, record: ConsumerRecord, state: Mapping[str, AlertState]) -> Work:
        # A header may be null; what is written again may not.
        headers = tuple((name, value or b"") for name, value in record.headers or ())
        received = Received(record.topic, record.partition, record.offset, record.key, record.value, headers)
        return work_on(
            received,
            state,
            self._rules,
            written_at=from_epoch_ms(record.timestamp),
            limits=self._limits,
        )

    def _go_back(self, batch: Batch, error: KafkaError) -> None:
        _log.warning("transaction_aborted", problem=explain(error, self._kafka))
        self._metrics.transactions.labels("aborted").inc()
        try:
            self._producer.abort_transaction()
        except KafkaError as worse:
            msg = f"the transaction could not be aborted: {explain(worse, self._kafka)}"
            raise AbortFailed(msg) from worse
        mine = self._consumer.assignment()
        for tp, records in batch.items():
            if tp in mine:
                self._consumer.seek(tp, records[0].offset)

    def _count(self, works: list[Work]) -> None:
        self._metrics.transactions.labels("committed").inc()
        now = time.time()
        for work in works:
            self._metrics.consumed.inc()
            self._metrics.repeats.inc(work.outcome.suppressed)
            self._metrics.forgotten.inc(work.outcome.forgotten)
            if work.failed is not None:
                topic = Topic.ACTORS_COOCCURRENCES.named(self._kafka.topic_prefix)
                self._metrics.dead_letters.labels(topic, work.failed.value).inc()
            for _, alert in work.outcome.alerts:
                self._metrics.raised.labels(alert.rule.id, alert.severity.value).inc()
                if work.article_time is not None:
                    self._metrics.publish_to_alert_s.observe(max(0.0, now - _epoch_s(work.article_time)))

    def _measure_lag(self) -> None:
        for tp in self._consumer.assignment():
            end = self._consumer.highwater(tp)
            if end is not None:
                lag = max(0, end - self._consumer.position(tp))
                self._metrics.lag.labels(tp.topic, str(tp.partition)).set(lag)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python is not typed
    """Passes rebalances on; the work itself is done between two polls."""

    def __init__(self, loop: AlertLoop) -> None:
        self._loop = loop

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._loop.revoke({tp.partition for tp in revoked})

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._loop.assign({tp.partition for tp in assigned})


def _epoch_s(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return time.time()  # a header that somebody else wrote: it measures nothing
