"""Read what a run has written, as any subscriber does: committed records only."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from schemas import Topic
from schemas.topics import DEAD_LETTER_SUFFIX
from services.core.clients import create_admin, create_consumer
from services.core.settings import KafkaSettings
from tests.chaos.articles import Sent
from tests.chaos.comparison import Event, canonical

# What the two services consume, and with that, where they may be behind.
_CONSUMED = (Topic.ARTICLES, Topic.ARTICLES_ENRICHED, Topic.ACTORS_COOCCURRENCES)
_POLL_MS = 200
_DEADLINE_S = 120.0

Revision = tuple[str, str]  # article id and digest of the text: a correction is another revision


class Progress:
    """Follows `articles.enriched`: which revisions have come out, and how often."""

    def __init__(self, kafka: KafkaSettings, articles: Sequence[Sent]) -> None:
        self._wanted = {_revision(str(each.article.id), each.article.text) for each in articles}
        self._consumer = _consumer(kafka, Topic.ARTICLES_ENRICHED)
        self.seen: dict[Revision, int] = {}
        self.published = len(articles)

    def poll(self) -> None:
        """Read on for a moment."""
        for records in self._consumer.poll(timeout_ms=_POLL_MS).values():
            for record in records:
                article = json.loads(record.value)["article"]
                revision = _revision(article["id"], article["text"])
                self.seen[revision] = self.seen.get(revision, 0) + 1

    @property
    def share(self) -> float:
        """How many of the revisions have come out, between 0 and 1."""
        return len(self.seen) / len(self._wanted)

    @property
    def lost(self) -> int:
        """Revisions that have not come out."""
        return len(self._wanted - self.seen.keys())

    @property
    def repeats(self) -> int:
        """Enriched articles beyond one for each article that was published."""
        return max(0, sum(self.seen.values()) - self.published)

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()


def read_events(kafka: KafkaSettings) -> list[Event]:
    """Return the alert events in their order on each partition."""
    return [canonical(record.key, record.value) for record in _read(kafka, Topic.ALERTS)]


def count_dead_letters(kafka: KafkaSettings) -> int:
    """Return how many messages were set aside, whatever topic they came from."""
    letters = [topic for topic in Topic if topic.value.endswith(DEAD_LETTER_SUFFIX)]
    return sum(1 for topic in letters for _ in _read(kafka, topic))


def behind(kafka: KafkaSettings) -> str | None:
    """Return where a group has records before it that it has not done yet, or None if nothing is left to do.

    The markers of transactions are no records: a topic may end in some of them, and nobody commits those. Offsets of
    a committed transaction may be there before its records can be read, so that no transaction may be open either.
    """
    try:
        committed = _committed(kafka)
        for topic in (*_CONSUMED, Topic.ALERTS):
            if _ends(kafka, topic, "read_committed") != _ends(kafka, topic, "read_uncommitted"):
                return f"a transaction is open on {topic}"
        read = {tp.topic for offsets in committed.values() for tp in offsets}
        for topic in (Topic.ARTICLES, Topic.ACTORS_COOCCURRENCES):
            if topic.named(kafka.topic_prefix) not in read:
                return f"nobody has read {topic}"
        for group, offsets in committed.items():
            for topic in _CONSUMED:
                if any(tp.topic == topic.named(kafka.topic_prefix) for tp in offsets) and (
                    record := next(_read(kafka, topic, start=offsets), None)
                ):
                    return f"{group} has not done {record.topic} {record.partition}:{record.offset}"
    except KafkaError as error:
        return f"{type(error).__name__}: {error}"
    return None


def _ends(kafka: KafkaSettings, topic: Topic, isolation: str) -> dict[TopicPartition, int]:
    """Return where the partitions of a topic end for a subscriber: in front of the first open transaction, or not."""
    consumer = create_consumer(kafka, isolation_level=isolation)
    try:
        name = topic.named(kafka.topic_prefix)
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
        return ends
    finally:
        consumer.close()


def _committed(kafka: KafkaSettings) -> dict[str, dict[TopicPartition, int]]:
    """Return the offsets that the groups of an installation have committed."""
    admin: KafkaAdminClient = create_admin(kafka)
    try:
        groups = [str(group["group_id"]) for group in admin.list_groups()]
        mine = [group for group in groups if group.startswith(kafka.topic_prefix)]
        found = admin.list_group_offsets(dict.fromkeys(mine)) if mine else {}
        return {
            group: {tp: held.offset for tp, held in offsets.items() if held.offset >= 0}
            for group, offsets in found.items()
        }
    finally:
        admin.close()


def _read(
    kafka: KafkaSettings, topic: Topic, *, start: Mapping[TopicPartition, int] | None = None
) -> Iterator[ConsumerRecord]:
    """Yield the committed records of a topic up to its end.

    Args:
        kafka: Where it is.
        topic: What to read.
        start: Offsets to begin at, where that is not the beginning.
    """
    consumer = _consumer(kafka, topic)
    try:
        for tp, offset in (start or {}).items():
            if tp in consumer.assignment():
                consumer.seek(tp, offset)
        ends = consumer.end_offsets(sorted(consumer.assignment()))
        deadline = time.monotonic() + _DEADLINE_S
        while any(consumer.position(tp) < end for tp, end in ends.items()):
            assert time.monotonic() < deadline, f"{topic} cannot be read to its end"
            for records in consumer.poll(timeout_ms=_POLL_MS).values():
                yield from records
    finally:
        consumer.close()


def _consumer(kafka: KafkaSettings, topic: Topic) -> KafkaConsumer:
    consumer = create_consumer(kafka)
    name = topic.named(kafka.topic_prefix)
    consumer.assign([TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()])
    consumer.seek_to_beginning()
    return consumer


def _revision(identity: str, text: str) -> Revision:
    return identity, hashlib.sha256(text.encode()).hexdigest()[:16]
