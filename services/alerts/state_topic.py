"""Read the state back from `alerts.state`, up to the last record of any transaction that has ended."""

import time
from collections.abc import Iterable

from kafka import TopicPartition

from schemas import AlertState, Topic
from services.core.clients import create_consumer
from services.core.errors import BrokerUnavailable, ConfigurationError
from services.core.settings import KafkaSettings

# A transaction that a killed instance left open ends by itself after its timeout, which is shorter.
RESTORE_DEADLINE_S = 90.0
_POLL_MS = 200

State = dict[int, dict[str, AlertState]]


def restore_state(kafka: KafkaSettings, partitions: Iterable[int]) -> State:
    """Return the state of the partitions: by partition, by alert key.

    Raises:
        BrokerUnavailable: The topic could not be read to its end in time.
        ConfigurationError: The topic has not as many partitions as `actors.cooccurrences`.
    """
    topic = Topic.ALERTS_STATE.named(kafka.topic_prefix)
    assigned = [TopicPartition(topic, partition) for partition in partitions]
    restored: State = {tp.partition: {} for tp in assigned}
    ends = _end_offsets(kafka, assigned)
    consumer = create_consumer(kafka)
    try:
        consumer.assign(assigned)
        consumer.seek_to_beginning(*assigned)
        deadline = time.monotonic() + RESTORE_DEADLINE_S
        while any(consumer.position(tp) < ends[tp] for tp in assigned):
            if time.monotonic() > deadline:
                msg = f"{topic} could not be read to its end within {RESTORE_DEADLINE_S:.0f} s"
                raise BrokerUnavailable(msg)
            for tp, records in consumer.poll(timeout_ms=_POLL_MS).items():
                for record in records:
                    _apply(restored[tp.partition], record.key, record.value)
    finally:
        consumer.close()
    return restored


def require_same_partitions(kafka: KafkaSettings) -> None:
    """Check that state can lie beside what it belongs to.

    Raises:
        ConfigurationError: The two topics differ in their number of partitions.
    """
    names = [topic.named(kafka.topic_prefix) for topic in (Topic.ACTORS_COOCCURRENCES, Topic.ALERTS_STATE)]
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


def _apply(state: dict[str, AlertState], key: bytes | None, value: bytes | None) -> None:
    if key is None:
        return
    if value is None:
        state.pop(key.decode(), None)
    else:
        state[key.decode()] = AlertState.model_validate_json(value)
