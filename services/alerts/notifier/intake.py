"""Take in the events of one receiver, and stay in its consumer group while one of them waits."""

import time
from collections import deque
from dataclasses import dataclass

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import CommitFailedError, KafkaError

from schemas import Topic
from services.core.clients import create_consumer
from services.core.errors import BrokerUnavailable
from services.core.membership import Membership
from services.core.settings import KafkaSettings

_AT_ONCE = 100
_POLL_MS = 250
_MEMBER_POLL_MS = 100
_MEMBER_EVERY_S = 1.0
_COMMIT_MS = 5_000
_POSITION_MS = 5_000
_MAX_POLL_INTERVAL_MS = 60_000  # a member that does not even poll is dead, and its partitions go to another


@dataclass(frozen=True, slots=True)
class Item:
    """A record, and which assignment of its partition it was taken in under."""

    record: ConsumerRecord
    assignment: int


class Intake:
    """The consumer of one receiver. Belongs to one thread; use `close` at the end."""

    def __init__(self, kafka: KafkaSettings, group: str) -> None:
        self._topic = Topic.ALERTS.named(kafka.topic_prefix)
        self._queue: deque[Item] = deque()
        self._assignments: dict[int, int] = {}  # of each partition, by a number that is never used again
        self._count = 0
        self._settled: dict[TopicPartition, int] = {}
        self._polled_at = time.monotonic()
        self.gained: set[int] = set()  # since somebody last looked
        self.lost: set[int] = set()
        self._consumer: KafkaConsumer = create_consumer(
            kafka,
            group_id=group,
            max_poll_records=_AT_ONCE,
            max_poll_interval_ms=_MAX_POLL_INTERVAL_MS,
            partition_assignment_strategy=[CooperativeStickyAssignor],
        )
        self.membership = Membership(self._consumer, self._topic, _Listener(self))

    def fetch(self) -> None:
        """Wait a moment for records, unless some are here already."""
        if self._queue:
            return
        self._consumer.resume(*self._consumer.paused())
        self._take(_POLL_MS)

    def next(self) -> Item | None:
        """Return the next record, if one is here."""
        return self._queue.popleft() if self._queue else None

    def stay(self) -> bool:
        """Poll without taking in more, at most once a second; return whether it was time to.

        Who does not poll holds up every rebalance, and is put out of the group in the end.
        """
        if time.monotonic() - self._polled_at < _MEMBER_EVERY_S:
            return False
        self._consumer.pause(*self._consumer.assignment())
        self._take(_MEMBER_POLL_MS)  # a partition that is assigned just now is not paused, so some may come
        return True

    def is_ours(self, item: Item) -> bool:
        """Whether the item's partition has been ours ever since it was taken in."""
        return self._assignments.get(item.record.partition) == item.assignment

    def settle(self, item: Item) -> None:
        """Take note that nothing more is to be done about an item and all before it in its partition."""
        if self.is_ours(item):
            self._settled[TopicPartition(self._topic, item.record.partition)] = item.record.offset + 1

    def commit(self) -> str | None:
        """Commit what is settled; return what went wrong, in which case it is committed with what comes next."""
        if not self._settled:
            return None
        offsets = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in self._settled.items()}
        try:
            self._consumer.commit(offsets, timeout_ms=_COMMIT_MS)
        except CommitFailedError:
            # We are out of the group: whoever has these partitions now delivers again, under the same keys.
            self.revoke(set(self._assignments))
            return "no longer a member of the group"
        except KafkaError as error:
            return str(error) or type(error).__name__
        self._settled.clear()
        return None

    def next_offsets(self, partitions: set[int]) -> dict[int, int]:
        """Return which offset of each partition comes next, as if nothing had been taken in yet.

        Raises:
            BrokerUnavailable: The cluster does not tell.
        """
        offsets = {}
        for partition in partitions:
            position = self._position(partition)
            if position is None:
                msg = f"the position in {self._topic}, partition {partition}, cannot be told"
                raise BrokerUnavailable(msg)
            offsets[partition] = position
        for item in reversed(self._queue):
            if item.record.partition in offsets:
                offsets[item.record.partition] = item.record.offset
        return offsets

    @property
    def is_caught_up(self) -> bool:
        """Whether nothing is here, and nothing more on the topic; asks the cluster.

        Raises:
            KafkaError: It does not answer.
        """
        assigned = self._consumer.assignment()
        ends: dict[TopicPartition, int] = self._consumer.end_offsets(assigned)
        return not self._queue and all((self._position(tp.partition) or 0) >= end for tp, end in ends.items())

    @property
    def lag(self) -> int:
        """Events between what was taken out of here and the ends of the partitions, as far as fetches have told."""
        behind = len(self._queue)
        for partition in self._consumer.assignment():
            end = self._consumer.highwater(partition)
            position = self._consumer.position(partition, timeout_ms=0) if end is not None else None
            if end is not None and position is not None:
                behind += max(0, end - position)
        return behind

    def close(self) -> None:
        """Leave the group and disconnect."""
        self._consumer.close(autocommit=False)

    def assign(self, partitions: set[int]) -> None:
        """Take note of new partitions."""
        for partition in partitions:
            self._count += 1
            self._assignments[partition] = self._count
        self.gained |= partitions

    def revoke(self, partitions: set[int]) -> None:
        """Drop what was taken in of partitions that are somebody else's now."""
        for partition in partitions:
            self._assignments.pop(partition, None)
            self._settled.pop(TopicPartition(self._topic, partition), None)
        self._queue = deque(item for item in self._queue if self.is_ours(item))
        self.gained -= partitions
        self.lost |= partitions

    def _position(self, partition: int) -> int | None:
        # Without a bound it would wait for ever, and without a poll we are put out of the group.
        position: int | None = self._consumer.position(TopicPartition(self._topic, partition), timeout_ms=_POSITION_MS)
        return position

    def _take(self, timeout_ms: int) -> None:
        polled: dict[TopicPartition, list[ConsumerRecord]] = self._consumer.poll(timeout_ms=timeout_ms)
        self._polled_at = time.monotonic()
        for partition, records in polled.items():
            assignment = self._assignments.get(partition.partition, 0)
            self._queue.extend(Item(record, assignment) for record in records)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python is not typed
    """Passes rebalances on."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._intake.revoke({partition.partition for partition in revoked})

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._intake.assign({partition.partition for partition in assigned})
