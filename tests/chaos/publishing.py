"""Put rules and made-up news on the topics of an installation."""

import math
from collections.abc import Iterable, Sequence

from schemas import Rule, Topic
from services.core.clients import create_producer
from services.core.codec import encode
from services.core.settings import KafkaSettings
from tests.chaos.articles import Sent

_FLUSH_S = 120.0


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
    """Publishes articles in their order, each with the time at which it arrives, as fast as the broker takes them."""

    def __init__(self, kafka: KafkaSettings, articles: Sequence[Sent]) -> None:
        self._topic = Topic.ARTICLES.named(kafka.topic_prefix)
        self._articles = articles
        self._published = 0
        self._producer = create_producer(kafka)

    def publish_up_to(self, share: float) -> None:
        """Return when this share of all articles, from 0 to 1, is published."""
        end = min(len(self._articles), math.ceil(share * len(self._articles)))
        sent = [
            self._producer.send(self._topic, each.value, key=each.key, timestamp_ms=each.timestamp_ms)
            for each in self._articles[self._published : end]
        ]
        self._published = max(self._published, end)
        self._producer.flush(_FLUSH_S)
        assert all(future.succeeded() for future in sent)

    def close(self) -> None:
        """Disconnect."""
        self._producer.close()
