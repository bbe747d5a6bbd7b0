"""Read state back from its topic, up to the last record of any transaction that has ended."""

import time
from collections.abc import Iterable

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from schemas import Topic
from services.alerts.memory import Stored, name_of
from services.core.clients import create_consumer
from services.core.errors import BrokerUnavailable, ConfigurationError
from services.core.settings import KafkaSettings

# A transaction that a killed instance left open ends by itself after its timeout, which is shorter.
RESTORE_DEADLINE_S = 90.0
_POLL_MS = 200
_AT_ONCE = 2_000


def restore_state(kafka: KafkaSettings, topic: Topic, partitions: Iterable[int]) -> dict[int, dict[str, Stored]]:
    """Return the state of the partitions: by partition, by key.

    Raises:
        BrokerUnavailable: The topic could not be read to its end in time.
    """
    name = topic.named(kafka.topic_prefix)
    assigned = [TopicPartition(name, partition) for partition in partitions]
    restored: dict[int, dict[str, Stored]] = {tp.partition: {} for tp in assigned}
    ends = _end_offsets(kafka, assigned)
    consumer = create_consumer(kafka, max_poll_records=_AT_ONCE)
    try:
        consumer.assign(assigned)
        consumer.seek_to_beginning(*assigned)
        deadline = time.monotonic() + RESTORE_DEADLINE_S
        while any(consumer.position(tp) < ends[tp] for tp in assigned):
            if time.monotonic() > deadline:
                msg = f"{name} could not be read to its end within {RESTORE_DEADLINE_S:.0f} s"
                raise BrokerUnavailable(msg)
            for tp, records in consumer.poll(timeout_ms=_POLL_MS).items():
                for record in records:
                    _apply(restored[tp.partition], record)
    finally:
        consumer.close()
    return restored


def require_same_partitions(kafka: KafkaSettings, topic: Topic, state: Topic) -> None:
    """Check that state can lie beside what it belongs to.

    Raises:
        ConfigurationError: The two topics differ in their number of partitions.
    """
    names = [each.named(kafka.topic_prefix) for each in (topic, state)]
    consumer = create_consumer(kafka)
    try:
        counts = [len(consumer.partitions_for_topic(name) or ()) for name in names]
    finally:
        consumer.close()
    if counts[0] != counts[1]:
        msg = f"{names[0]} has {counts[0]} partitions and {names[1]} {counts[1]}: give both the same number"
        raise ConfigurationError(msg)


def _end_offsets(kafka: KafkaSettings, assigned: list[TopicPartition]) -> dict[TopicPartition, int]:
    """Return the ends, those of open transactions included, so that reading waits until these have ended."""
    consumer = create_consumer(kafka, isolation_level="read_uncommitted")
    try:
        ends: dict[TopicPartition, int] = consumer.end_offsets(assigned)
    finally:
        consumer.close()
    return ends


def _apply(state: dict[str, Stored], record: ConsumerRecord) -> None:
    if record.key is None:
        return
    name = name_of(record.key)
    if record.value is None:
        state.pop(name, None)
    else:
        headers = tuple((header, content or b"") for header, content in record.headers or ())
        state[name] = Stored(record.value, headers, record.topic, record.offset)
