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
        """Publish so many articles a second until all are published, whatever else goes on inside the `with`."""
        stop, failures = threading.Event(), list[BaseException]()

        def go_on() -> None:
            began = time.monotonic()
            try:
                while self._published < len(self._articles) and not stop.wait(_STEP_S):
                    self.publish_up_to((time.monotonic() - began) * per_s / len(self._articles))
            except BaseException as error:  # noqa: BLE001 - raised again where the run is
                failures.append(error)

        thread = threading.Thread(target=go_on, name="press", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        if failures:
            raise failures[0]

    @property
    def is_done(self) -> bool:
        """Whether all articles are published."""
        return self._published == len(self._articles)

    def close(self) -> None:
        """Disconnect."""
        self._producer.close()
