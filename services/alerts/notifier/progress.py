"""Where a receiver stands in `alerts`: in the offsets of its consumer group."""

import time
from collections.abc import Iterator

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import CommitFailedError, UnknownMemberIdError

from schemas import Topic
from services.alerts.notifier.config import Start
from services.core.clients import create_consumer
from services.core.errors import BrokerUnavailable
from services.core.settings import KafkaSettings

_ANSWER_S = 20.0
_POLL_MS = 200


def place_group(kafka: KafkaSettings, group: str, start: Start) -> None:
    """Give a group that has never been anywhere its place at the end of the topic, before anybody joins it.

    From then on it stands where it has committed. So nothing is missed between two runs, nor what is written to a
    partition that is added later: that one is read from its beginning.
    """
    if start is Start.EARLIEST:
        return
    consumer = create_consumer(kafka, group_id=group)
    try:
        partitions = _partitions(consumer, Topic.ALERTS.named(kafka.topic_prefix))
        consumer.assign(partitions)
        if all(consumer.committed(partition) is None for partition in partitions):
            ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
            consumer.commit({partition: OffsetAndMetadata(end, "", -1) for partition, end in ends.items()})
    except (CommitFailedError, UnknownMemberIdError):
        pass  # another instance was faster, and is in the group already
    finally:
        consumer.close()


def read_last(
    kafka: KafkaSettings, topic: Topic, *, last: int | None = None, before: dict[int, int] | None = None
) -> Iterator[ConsumerRecord]:
    """Yield the committed records that a topic holds now, each partition's in their order.

    Args:
        kafka: The cluster.
        topic: Which one.
        last: So many offsets before the end of each partition; None: all.
        before: Only these partitions, up to these offsets; None: all, up to their ends.

    Raises:
        BrokerUnavailable: The topic is not there, or could not be read to its end in time.
    """
    consumer = create_consumer(kafka, group_id=None)
    try:
        name = topic.named(kafka.topic_prefix)
        partitions = (
            _partitions(consumer, name) if before is None else [TopicPartition(name, number) for number in before]
        )
        consumer.assign(partitions)
        begins: dict[TopicPartition, int] = consumer.beginning_offsets(partitions)
        ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
        if before is not None:
            ends = {partition: min(end, before[partition.partition]) for partition, end in ends.items()}
        for partition, begin in begins.items():
            consumer.seek(partition, begin if last is None else max(begin, ends[partition] - last))
        yield from _read(consumer, name, ends)
    finally:
        consumer.close()


def _read(consumer: KafkaConsumer, name: str, ends: dict[TopicPartition, int]) -> Iterator[ConsumerRecord]:
    deadline = time.monotonic() + _ANSWER_S
    # Transaction markers take offsets too, so the position, not the number of records, says that we are there.
    while any(consumer.position(partition) < end for partition, end in ends.items()):
        if time.monotonic() > deadline:
            msg = f"{name} could not be read to its end: nothing came for {_ANSWER_S:.0f} s"
            raise BrokerUnavailable(msg)
        for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
            deadline = time.monotonic() + _ANSWER_S
            yield from (record for record in records if record.offset < ends[partition])


def _partitions(consumer: KafkaConsumer, name: str) -> list[TopicPartition]:
    deadline = time.monotonic() + _ANSWER_S
    while not (numbers := consumer.partitions_for_topic(name)):
        if time.monotonic() > deadline:
            msg = f"the topic {name} is not there; create it with `sightline topics create`"
            raise BrokerUnavailable(msg)
    return [TopicPartition(name, number) for number in sorted(numbers)]
