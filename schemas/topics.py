"""The one place where topic names exist."""

from dataclasses import dataclass
from enum import StrEnum

DEAD_LETTER_SUFFIX = ".dead-letter"


class Cleanup(StrEnum):
    """Kafka's `cleanup.policy`."""

    DELETE = "delete"
    COMPACT = "compact"


class Topic(StrEnum):
    """Every topic, by the name it has without a prefix."""

    ARTICLES = "articles"
    ARTICLES_ENRICHED = "articles.enriched"
    SANCTIONS_MENTIONS = "sanctions.mentions"
    ACTORS_COOCCURRENCES = "actors.cooccurrences"
    ALERTS = "alerts"
    ALERTS_STATE = "alerts.state"
    ALERTS_ARTICLES = "alerts.articles"
    ALERTS_SILENCES = "alerts.silences"
    NOTIFICATIONS = "notifications"
    WATCHLIST_ACTORS = "watchlist.actors"
    WATCHLIST_RULES = "watchlist.rules"
    ARTICLES_DEAD_LETTER = "articles.dead-letter"
    ARTICLES_ENRICHED_DEAD_LETTER = "articles.enriched.dead-letter"
    ACTORS_COOCCURRENCES_DEAD_LETTER = "actors.cooccurrences.dead-letter"
    ALERTS_DEAD_LETTER = "alerts.dead-letter"
    ALERTS_STATE_DEAD_LETTER = "alerts.state.dead-letter"
    ALERTS_ARTICLES_DEAD_LETTER = "alerts.articles.dead-letter"

    def named(self, prefix: str = "") -> str:
        """The name on the cluster, with the installation's prefix."""
        return f"{prefix}{self.value}"

    @property
    def dead_letter(self) -> "Topic":
        """The topic that takes what could not be processed from this one.

        Raises:
            ValueError: Nothing of ours consumes this topic, so it has no dead letters.
        """
        return Topic(self.value + DEAD_LETTER_SUFFIX)

    @property
    def is_dead_letter(self) -> bool:
        """Whether it takes what could not be processed from another."""
        return self.value.endswith(DEAD_LETTER_SUFFIX)

    @property
    def cleanup(self) -> Cleanup:
        """How the topic is cleaned up."""
        return Cleanup.COMPACT if self in _COMPACTED else Cleanup.DELETE

    @property
    def config(self) -> dict[str, str]:
        """What the topic is created with, in Kafka's words; its largest message is a setting."""
        if self.cleanup is Cleanup.DELETE:
            return {"cleanup.policy": self.cleanup.value}
        # What is compacted is read back whole when a service begins: keep what is to be read small.
        return {"cleanup.policy": self.cleanup.value, "min.cleanable.dirty.ratio": "0.1", "segment.ms": "3600000"}

    @property
    def spec(self) -> "TopicSpec":
        """Key, value and meaning, as published."""
        return _SPECS[self]


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """What a topic holds, in the words of the published contract.

    Attributes:
        key: The message key.
        message: Name of the model that the value is, or `bytes`.
        summary: What one message is.
        also: Name of another model that the value may be.
    """

    key: str
    message: str
    summary: str
    also: str | None = None

    @property
    def messages(self) -> tuple[str, ...]:
        """Every model that a value may be."""
        return (self.message,) if self.also is None else (self.message, self.also)


_COMPACTED = frozenset(
    {Topic.ALERTS_STATE, Topic.ALERTS_ARTICLES, Topic.ALERTS_SILENCES, Topic.WATCHLIST_ACTORS, Topic.WATCHLIST_RULES}
)

_SPECS = {
    Topic.ARTICLES: TopicSpec("any; ours: article id", "Article", "News to read; plain UTF-8 text is taken too."),
    Topic.ARTICLES_ENRICHED: TopicSpec("article id", "EnrichedArticle", "One per article: everything found in it."),
    Topic.SANCTIONS_MENTIONS: TopicSpec("article id", "SanctionsMention", "One per sanctions mention."),
    Topic.ACTORS_COOCCURRENCES: TopicSpec(
        "the two actor ids, sorted, joined by a bar",
        "CoOccurrence",
        "One per watched pair per article, and what a corrected article takes back.",
        also="Retraction",
    ),
    Topic.ALERTS: TopicSpec(
        "rule id and actor ids, joined by bars", "Alert", "What people subscribe to: each event in an alert's life."
    ),
    Topic.ALERTS_STATE: TopicSpec("as `alerts`", "AlertState", "What the alerts service remembers of alerts."),
    Topic.ALERTS_ARTICLES: TopicSpec("article id", "ArticleState", "What the alerts service remembers of articles."),
    Topic.ALERTS_SILENCES: TopicSpec("silence id", "Silence", "Silences in force or to come."),
    Topic.NOTIFICATIONS: TopicSpec("alert id", "Notification", "Every attempt to tell somebody of an alert."),
    Topic.WATCHLIST_ACTORS: TopicSpec(
        "actor id; of a decision: decision, actor id and name, joined by bars",
        "Actor",
        "Who is watched or known, and what analysts decided of names; null for what is gone.",
        also="NameDecision",
    ),
    Topic.WATCHLIST_RULES: TopicSpec("rule id", "Rule", "Rules in force."),
    Topic.ARTICLES_DEAD_LETTER: TopicSpec(
        "as received", "bytes", "Articles that could not be processed: the bytes as received, the reason in headers."
    ),
    Topic.ARTICLES_ENRICHED_DEAD_LETTER: TopicSpec(
        "as received",
        "bytes",
        "Enriched articles that could not be read: the bytes as received, why in headers.",
    ),
    Topic.ALERTS_DEAD_LETTER: TopicSpec(
        "as received", "bytes", "Alerts that could not be delivered: the bytes as received, the reason in headers."
    ),
    Topic.ALERTS_STATE_DEAD_LETTER: TopicSpec(
        "as received", "bytes", "State of alerts that could not be read: the bytes as received, the reason in headers."
    ),
    Topic.ALERTS_ARTICLES_DEAD_LETTER: TopicSpec(
        "as received", "bytes", "State of articles that could not be read: the bytes as received, why in headers."
    ),
    Topic.ACTORS_COOCCURRENCES_DEAD_LETTER: TopicSpec(
        "as received", "bytes", "Co-occurrences that could not be read: the bytes as received, the reason in headers."
    ),
}
