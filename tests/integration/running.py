"""Services in processes of their own, and plain clients beside them, for the tests against a real broker."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from schemas import Actor, Topic
from services.core.cluster import create_topics
from services.core.settings import KafkaSettings
from services.watchlist.actors_topic import write_watchlist
from services.watchlist.file import read_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load

DEADLINE_S = 40.0
CHECKOUT = Path(__file__).parents[2]


def wait_for(condition: Callable[[], Any], what: str, *, deadline_s: float = DEADLINE_S) -> Any:
    """Return what `condition` returns as soon as that is true."""
    deadline = time.monotonic() + deadline_s
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    msg = f"within {deadline_s:.0f} s not so: {what}"
    raise AssertionError(msg)


class Installation:
    """Topics of a test's own, under a prefix of their own, on a broker that is shared."""

    def __init__(self, servers: str, prefix: str, *, create: bool = True) -> None:
        self.kafka = KafkaSettings(bootstrap_servers=servers, topic_prefix=prefix)
        if create:
            create_topics(self.kafka)

    @property
    def environment(self) -> dict[str, str]:
        """What points a service here."""
        return {
            "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": self.kafka.servers[0],
            "SIGHTLINE_KAFKA__TOPIC_PREFIX": self.kafka.topic_prefix,
            "SIGHTLINE_KAFKA__RETRY_MAX_S": "1",
            "SIGHTLINE_PROCESSOR__HTTP__PORT": "0",
            "SIGHTLINE_ALERTS__HTTP__PORT": "0",
        }

    def named(self, topic: Topic) -> str:
        """The topic's name on the broker."""
        return topic.named(self.kafka.topic_prefix)

    def load_watchlist(self, actors: Iterable[Actor] | None = None) -> None:
        """Put a watchlist in force: that of the seeds, unless another is given."""
        wanted = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml") if actors is None else actors
        write_watchlist(self.kafka, plan_load({}, {OWN: wanted}).changes)

    def produce(self, topic: Topic, messages: Iterable[tuple[bytes | None, bytes | None]]) -> None:
        """Send keys and values with a plain producer, and return when the broker has them all."""
        producer = KafkaProducer(bootstrap_servers=self.kafka.servers, acks="all", linger_ms=5)
        try:
            sent = [producer.send(self.named(topic), value, key=key) for key, value in messages]
            producer.flush(DEADLINE_S)
            assert all(future.succeeded() for future in sent)
        finally:
            producer.close()

    def read(self, topic: Topic, count: int, *, deadline_s: float = DEADLINE_S) -> list[ConsumerRecord]:
        """Return the committed records of a topic as soon as there are `count` of them or more."""
        return self.read_until(topic, lambda records: len(records) >= count, f"{count}", deadline_s=deadline_s)

    def read_until(
        self,
        topic: Topic,
        enough: Callable[[list[ConsumerRecord]], bool],
        what: str,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> list[ConsumerRecord]:
        """Return the committed records of a topic as soon as they are enough."""
        reader = _Reader(self.kafka.servers, self.named(topic))
        try:
            wait_for(lambda: enough(reader.poll()), f"in {topic} there is {what}", deadline_s=deadline_s)
        except AssertionError as error:
            error.add_note(f"{len(reader.records)} records were there")
            raise
        else:
            return reader.records
        finally:
            reader.close()

    def committed(self, topic: Topic, group: str) -> int:
        """Return the sum of the offsets that a group has committed."""
        consumer = KafkaConsumer(bootstrap_servers=self.kafka.servers, group_id=self.kafka.topic_prefix + group)
        try:
            partitions = [TopicPartition(self.named(topic), number) for number in range(self.kafka.partitions)]
            return sum(consumer.committed(partition) or 0 for partition in partitions)
        finally:
            consumer.close()


class _Reader:
    def __init__(self, servers: Sequence[str], topic: str) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        self._consumer.assign([TopicPartition(topic, p) for p in self._consumer.partitions_for_topic(topic) or ()])
        self.records: list[ConsumerRecord] = []

    def poll(self) -> list[ConsumerRecord]:
        for records in self._consumer.poll(timeout_ms=200).values():
            self.records.extend(records)
        return self.records

    def close(self) -> None:
        self._consumer.close()


class Service:
    """A service in a process of its own, from the start to the end of a `with`."""

    def __init__(self, command: Sequence[str], installation: Installation, log: Path, **environment: str) -> None:
        """Describe it.

        Args:
            command: Arguments of the Python interpreter.
            installation: Where it works.
            log: Takes what it writes; added to.
            environment: More settings.
        """
        self._command = [sys.executable, *command]
        self._environment = {**os.environ, **installation.environment, **environment}
        self._log = log

    def __enter__(self) -> Self:
        self._start = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=CHECKOUT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            error.add_note(f"the service's log:\n{self.said[-6000:]}")
        self.kill()

    @property
    def said(self) -> str:
        """What it has written since it was started."""
        return self._log.read_bytes()[self._start :].decode("utf-8", "replace")

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()

    def stop(self, deadline_s: float = 8.0) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(deadline_s)

    @property
    def port(self) -> int:
        """Where it answers /metrics, /healthz and /readyz."""
        # As text, or as JSON, whose fields come in another order.
        told = r'status .*port=(\d+)|"port": (\d+),.*"event": "status"'
        found = wait_for(lambda: re.search(told, self.said), "it names its status port")
        return int(found[1] or found[2])

    def status(self, path: str) -> tuple[int, str]:
        """Return status and body of /metrics, /healthz or /readyz."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def wait_until_ready(self) -> None:
        """Return when it says that it is ready."""

        def is_ready() -> bool:
            code = self.process.poll()
            assert code is None, f"it has ended with {code}"
            return self.status("/readyz")[0] == 200

        wait_for(is_ready, "it is ready")

    def metric(self, sample: str) -> float:
        """Return the value of a sample of /metrics, by name and labels; 0 if there is none."""
        for line in self.status("/metrics")[1].splitlines():
            if line.startswith(f"{sample} "):
                return float(line.rpartition(" ")[2])
        return 0.0


def numbered(values: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Pair values with keys that spread them over the partitions."""
    for number, value in enumerate(values):
        yield str(number).encode(), value
