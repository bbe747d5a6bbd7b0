"""Follow the `alerts` topic: what is there already, then what comes."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import TopicPartition
from pydantic import ValidationError

from schemas import Alert, Topic
from services.core.clients import create_consumer
from services.core.codec import as_unreadable
from services.core.errors import BrokerUnavailable, ConfigurationError
from services.core.settings import KafkaSettings, Settings

_ANSWER_S = 10.0
_BATCH = 500


class AlertFeed:
    """Reads every partition of `alerts`, committed events only, without a consumer group.

    Use as a context manager.
    """

    def __init__(self, kafka: KafkaSettings, *, last: int | None) -> None:
        """Start reading.

        Args:
            kafka: The cluster.
            last: Begin so many records before each partition's end; None: at the beginning.

        Raises:
            BrokerUnavailable: The topic is not there.
        """
        topic = Topic.ALERTS.named(kafka.topic_prefix)
        self._consumer = create_consumer(kafka, group_id=None, max_poll_records=_BATCH)
        partitions = [TopicPartition(topic, number) for number in self._partitions(topic)]
        self._consumer.assign(partitions)
        self._ends: dict[TopicPartition, int] = self._consumer.end_offsets(partitions)
        begins: dict[TopicPartition, int] = self._consumer.beginning_offsets(partitions)
        self.has_lost_old = any(begin > 0 for begin in begins.values())
        for partition, begin in begins.items():
            start = begin if last is None else max(begin, self._ends[partition] - last)
            self._consumer.seek(partition, start)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._consumer.close()

    def old(self) -> list[Alert]:
        """Return the events that were there when we came, the oldest first."""
        alerts: list[Alert] = []
        # Transaction markers take offsets too, so the position, not the number of records, says that we are there.
        quiet_since = time.monotonic()
        while any(self._consumer.position(partition) < end for partition, end in self._ends.items()):
            more = list(self.poll(0.2))
            alerts += more
            if more:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > _ANSWER_S:
                break
        return sorted(alerts, key=lambda alert: alert.raised_at)

    def poll(self, timeout_s: float) -> Iterator[Alert]:
        """Yield the events that arrive within `timeout_s`, or sooner; what is no alert is passed over."""
        polled: dict[Any, list[Any]] = self._consumer.poll(timeout_ms=round(timeout_s * 1000))
        for records in polled.values():
            for record in records:
                try:
                    yield Alert.model_validate_json(record.value or b"")
                except ValidationError:
                    continue  # somebody else's message; ours match the schema

    def _partitions(self, topic: str) -> list[int]:
        deadline = time.monotonic() + _ANSWER_S
        while not (numbers := self._consumer.partitions_for_topic(topic)):
            if time.monotonic() > deadline:
                self._consumer.close()
                msg = f"the topic {topic} is not there; create it with `sightline topics create`"
                raise BrokerUnavailable(msg)
        return sorted(numbers)


def find_events(where: str, settings: Callable[[], Settings]) -> list[Alert]:
    """Return the events of a file of JSON lines (`-`: standard input), or those on the topic with an id.

    Args:
        where: A path, `-`, or the id of an event or alert.
        settings: Returns where the topic is; called only where it is needed.

    Raises:
        ConfigurationError: There is no such event, or a line is none.
    """
    path = Path(where)
    if where == "-" or path.is_file():
        lines = (sys.stdin if where == "-" else path.open(encoding="utf-8")).readlines()
        try:
            return [Alert.model_validate_json(line) for line in lines if line.strip()]
        except ValidationError as error:
            msg = f"{where}: {as_unreadable(error)}"
            raise ConfigurationError(msg) from error
    with AlertFeed(settings().kafka, last=None) as feed:
        found = [alert for alert in feed.old() if where in {alert.id, alert.alert_id}]
    if not found:
        msg = f"no event or alert {where} on the topic"
        raise ConfigurationError(msg)
    return found
