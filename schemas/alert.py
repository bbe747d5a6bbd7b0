"""Alerts: what people subscribe to. An alert is one episode of a rule and actor set; each message is an event in it."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from schemas.base import Identifier, Message, Moment
from schemas.extraction import ActorMention, CoOccurrence, Scope
from schemas.rule import Rule, Severity


class AlertKind(StrEnum):
    """What has happened to an alert."""

    OPENED = "opened"
    UPDATED = "updated"
    REPEATED = "repeated"
    RESOLVED = "resolved"


class AlertStatus(StrEnum):
    """Where an alert stands. One that is pending lacks stories or sources that its rule asks for: nobody is told."""

    PENDING = "pending"
    OPEN = "open"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """Why an alert is resolved."""

    QUIET = "quiet"
    CORRECTED = "corrected"
    RULE_REMOVED = "rule_removed"


class RuleRef(Message):
    """The rule that raised an alert, as it was then, whole: the decision can be made again from the event alone."""

    id: Identifier = Field(examples=["same-sentence"])
    version: str = Field(description="Digest of the rule's content.", examples=["3f9a1c07"])
    content: Rule


class Alert(Message):
    """An event in the life of an alert, with the whole reason.

    The alert's id is derived from the rule, the actors and the article that opened it, the event's id from that and the
    event's number: the same articles processed again give the same ids.
    """

    id: Identifier = Field(description="Of this event.")
    alert_id: Identifier = Field(description="The same for all events of one episode.")
    kind: AlertKind
    status: AlertStatus = Field(description="`open` or `resolved`, after this event.")
    sequence: int = Field(ge=1, description="Number of the event in the alert's life, without gaps.")
    resolution: Resolution | None = Field(default=None, description="Why it is resolved.")
    rule: RuleRef
    severity: Severity
    labels: dict[str, str] = Field(default_factory=dict)
    actors: tuple[ActorMention, ...] = Field(
        min_length=2, description="Sorted by id, each as the first of `cooccurrences` names it."
    )
    scope: Scope = Field(description="The closest in which they have stood together.")
    cooccurrences: tuple[CoOccurrence, ...] = Field(
        description="The evidence: of `opened`, what opened it; of `updated`, what is new or corrected, one for each "
        "story; of `repeated` and `resolved`, where they stood closest.",
    )
    cooccurrences_left_out: int = Field(default=0, ge=0, description="New ones beyond the bound on one event.")
    article_count: int = Field(ge=0, description="Articles of the alert so far, copies included.")
    story_count: int = Field(ge=0, description="Different stories among them.")
    independent_source_count: int = Field(ge=0, description="Sources that were the first to bring one of the stories.")
    sources: tuple[str, ...] = Field(default=(), description="Those sources, sorted; bounded.")
    first_seen: Moment = Field(description="Event time of the first article.")
    last_seen: Moment = Field(description="Event time of the last article.")
    raised_at: Moment = Field(
        description="When this followed: the arrival of the article that it follows from, or when its time had come."
    )
    summary: str = Field(
        description="One sentence for people.",
        examples=["Alexander Lukashenko and Vladimir Putin in one sentence of “Lukashenko in Beijing” (Example Wire)"],
    )


class KnownArticle(Message):
    """What the alerts service remembers of an article of an alert."""

    id: Identifier
    seen_at: Moment = Field(description="Event time.")
    arrived_at: Moment = Field(description="When this revision came to `articles`.")
    digest: str = Field(description="Of what this revision says of the actors.")
    source: str | None = None
    story: int | None = Field(default=None, description="Number of its story; null once a correction took it out.")


def _by_id(listed: object) -> object:
    if isinstance(listed, list) and all(isinstance(each, dict) for each in listed):
        return {str(each.get("id")): each for each in listed}
    return listed


def _listed(articles: dict[str, KnownArticle]) -> tuple[KnownArticle, ...]:
    return tuple(articles.values())


# Looked up by id among up to a thousand, and written as a list; the last to come is the last.
_ById = Annotated[dict[str, KnownArticle], BeforeValidator(_by_id), PlainSerializer(_listed)]


class Story(Message):
    """Articles that tell the same in nearly the same words."""

    number: int
    fingerprint: str | None = None
    seen_at: Moment = Field(description="Event time of its first article.")
    source: str | None = Field(default=None, description="Who brought it first.")


class Episode(Message):
    """An alert as the service remembers it."""

    actor_ids: tuple[str, ...] = Field(description="Sorted.")
    alert_id: str = Field(default="", description="Empty while it is pending.")
    status: AlertStatus = AlertStatus.PENDING
    sequence: int = 0
    articles: _ById = Field(default={})
    articles_forgotten: int = 0
    stories: tuple[Story, ...] = ()
    stories_forgotten: int = 0
    next_story: int = 1
    leads: tuple[CoOccurrence, ...] = Field(default=(), description="Where the actors stood closest, closest first.")
    untold: tuple[CoOccurrence, ...] = Field(default=(), description="Evidence that no event has told yet.")
    untold_left_out: int = 0
    changed_at: Moment | None = Field(default=None, description="When something first changed that no event has told.")
    told_at: Moment | None = Field(default=None, description="When the last event was raised.")
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    last_arrived_at: Moment | None = None

    @property
    def article_count(self) -> int:
        """Articles that say so, those included of which nothing else is remembered."""
        return self.articles_forgotten + sum(article.story is not None for article in self.articles.values())


class AlertState(Message):
    """What the alerts service remembers of one rule and actor set, oldest episode first."""

    rule: RuleRef | None = Field(default=None, description="As it was when anything last changed.")
    episodes: tuple[Episode, ...] = ()
