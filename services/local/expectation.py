"""Which alerts the seeds must raise: worked out from what the processor found in them and the rules."""

from collections.abc import Iterable

from kafka import TopicPartition
from pydantic import ValidationError

from schemas import EnrichedArticle, Rule, Topic
from services.alerts.rules import actor_sets
from services.core.clients import create_consumer
from services.core.identity import alert_key
from services.core.settings import KafkaSettings

_POLL_MS = 100


class Expectation:
    """Follows `articles.enriched` until every article has come by; use `close` at the end."""

    def __init__(self, kafka: KafkaSettings, rules: Iterable[Rule], article_ids: Iterable[str]) -> None:
        """Start reading at the beginning: an article may have been enriched in an earlier run."""
        # Rules that ask for more than one story may open an alert or not: that is not worked out here.
        self._rules = tuple(rule for rule in rules if rule.min_stories == 1 and rule.min_sources == 1)
        self.waiting = set(article_ids)
        self.alert_keys: set[str] = set()
        topic = Topic.ARTICLES_ENRICHED.named(kafka.topic_prefix)
        self._consumer = create_consumer(kafka, group_id=None)
        self._consumer.assign([TopicPartition(topic, n) for n in self._consumer.partitions_for_topic(topic) or ()])
        self._consumer.seek_to_beginning()

    def poll(self) -> None:
        """Take in what has arrived."""
        for records in self._consumer.poll(timeout_ms=_POLL_MS).values():
            for record in records:
                if (record.key or b"").decode("utf-8", "replace") in self.waiting:
                    self._take(record.value or b"")

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def _take(self, raw: bytes) -> None:
        try:
            enriched = EnrichedArticle.model_validate_json(raw)
        except ValidationError:
            return  # somebody else's message; ours match the schema
        self.waiting.discard(enriched.article.id)
        for cooccurrence in enriched.cooccurrences:
            for rule in self._rules:
                for actors in actor_sets(rule, cooccurrence):
                    self.alert_keys.add(alert_key(rule.id, [actor.actor_id for actor in actors]))
