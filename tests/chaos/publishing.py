"""Put rules and made-up news on the topics of an installation."""

import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from schemas import Rule, Topic
from services.core.clients import create_producer
from services.core.codec import encode
from services.core.settings import KafkaSettings
from tests.chaos.articles import Sent

_FLUSH_S = 120.0
_STEP_S = 0.1
_HELD_BACK = 0.1


def publish_rules(kafka: KafkaSettings, rules: Iterable[Rule]) -> None:
    """Put rules in force."""
    producer = create_producer(kafka)
    try:
        topic = Topic.WATCHLIST_RULES.named(kafka.topic_prefix)
        sent = [producer.send(topic, encode(rule), key=rule.id.encode()) for rule in rules]
        producer.flush(_FLUSH_S)
        assert all(future.succeeded() for future in sent)
    finally:
        producer.close()


class Press:
    """Publishes articles in their order, each with the time at which it arrives."""

    def __init__(self, kafka: KafkaSettings, articles: Sequence[Sent]) -> None:
        self._topic = Topic.ARTICLES.named(kafka.topic_prefix)
        self._articles = articles
        self._published = 0
        self.held_s = 0.0
        self._producer = create_producer(kafka)

    def publish_up_to(self, share: float) -> None:
        """Return when this share of all articles, from 0 to 1, is published, as fast as the broker takes them."""
        end = min(len(self._articles), math.ceil(share * len(self._articles)))
        sent = [
            self._producer.send(self._topic, each.value, key=each.key, timestamp_ms=each.timestamp_ms)
            for each in self._articles[self._published : end]
        ]
        self._published = max(self._published, end)
        self._producer.flush(_FLUSH_S)
        assert all(future.succeeded() for future in sent)

    @contextmanager
    def at_rate(self, per_s: float) -> Iterator[None]:
        """Publish so many articles a second, whatever goes on inside the `with`, and the rest at that rate after it.

        Where what goes on there takes long, the last tenth is held back: `held_s` says for how long.
        """
        inside, failures = threading.Event(), list[BaseException]()
        inside.set()
        thread = threading.Thread(target=self._keep_pace, args=(per_s, inside, failures), name="press", daemon=True)
        thread.start()
        try:
            yield
        finally:
            inside.clear()
            thread.join()
        if failures:
            raise failures[0]

    def _keep_pace(self, per_s: float, inside: threading.Event, failures: list[BaseException]) -> None:
        began = last = time.monotonic()
        pause = threading.Event()
        try:
            while self._published < len(self._articles):
                pause.wait(_STEP_S)
                now = time.monotonic()
                due = (now - began - self.held_s) * per_s / len(self._articles)
                if inside.is_set() and due > 1 - _HELD_BACK:
                    self.held_s += now - last
                else:
                    self.publish_up_to(due)
                last = now
        except BaseException as error:  # noqa: BLE001 - raised again where the run is
            failures.append(error)

    def close(self) -> None:
        """Disconnect."""
        self._producer.close()
