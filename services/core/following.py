"""Follow a compacted topic: everything it holds first, then each change."""

import time

from kafka import TopicPartition

from schemas import Topic
from services.core.clients import create_consumer
from services.core.errors import BrokerUnavailable
from services.core.settings import KafkaSettings

_READ_S = 60.0
_POLL_MS = 200


class CompactedTopic:
    """What a compacted topic holds, by key. Belongs to one thread; use `close` at the end."""

    def __init__(self, kafka: KafkaSettings, topic: Topic) -> None:
        """Read the topic to its end.

        Raises:
            BrokerUnavailable: The topic is not there, or could not be read to its end in time.
        """
        self._name = topic.named(kafka.topic_prefix)
        self._consumer = create_consumer(kafka, group_id=None)
        self.values: dict[bytes, bytes] = {}
        self.changed_at = 0.0  # when the last record was written, in seconds since 1970
        try:
            self._read()
        except BaseException:
            self._consumer.close()
            raise

    def poll(self) -> dict[bytes, bytes | None]:
        """Return what has changed since the last call, without waiting; None stands for a value that is gone."""
        return self._take(timeout_ms=0)

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def _read(self) -> None:
        deadline = time.monotonic() + _READ_S
        while not (numbers := self._consumer.partitions_for_topic(self._name)):
            self._require(deadline)
        partitions = [TopicPartition(self._name, number) for number in numbers]
        self._consumer.assign(partitions)
        self._consumer.seek_to_beginning(*partitions)
        ends: dict[TopicPartition, int] = self._consumer.end_offsets(partitions)
        while any(self._consumer.position(partition) < end for partition, end in ends.items()):
            self._require(deadline)
            self._take(timeout_ms=_POLL_MS)

    def _take(self, *, timeout_ms: int) -> dict[bytes, bytes | None]:
        changes: dict[bytes, bytes | None] = {}
        for records in self._consumer.poll(timeout_ms=timeout_ms).values():
            for record in records:
                if record.key is not None:
                    changes[record.key] = record.value
                    self.changed_at = max(self.changed_at, record.timestamp / 1000)
        for key, value in changes.items():
            if value is None:
                self.values.pop(key, None)
            else:
                self.values[key] = value
        return changes

    def _require(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            msg = f"{self._name} could not be read to its end within {_READ_S:.0f} s"
            raise BrokerUnavailable(msg)
