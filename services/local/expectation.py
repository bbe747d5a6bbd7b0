"""Which alerts the seeds must raise: worked out from what the processor found in them and the rules."""

from collections.abc import Iterable

from kafka import TopicPartition
from pydantic import ValidationError

from schemas import EnrichedArticle, Rule, Topic
from services.alerts.rules import matching
from services.core.clients import create_consumer
from services.core.identity import alert_id
from services.core.settings import KafkaSettings

_POLL_MS = 100


class Expectation:
    """Follows `articles.enriched` until every article has come by; use `close` at the end."""

    def __init__(self, kafka: KafkaSettings, rules: Iterable[Rule], article_ids: Iterable[str]) -> None:
        """Start reading at the beginning: an article may have been enriched in an earlier run."""
        self._rules = tuple(rules)
        self.waiting = set(article_ids)
        self.alert_ids: set[str] = set()
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
            actors = [actor.actor_id for actor in cooccurrence.actors]
            for rule in matching(self._rules, cooccurrence):
                self.alert_ids.add(alert_id(rule.id, actors, enriched.article.id))
