"""The contract: every message Sightline reads or writes, and the topics they travel on."""

from schemas.actor import Actor, ActorType, IdNumber
from schemas.alert import (
    Alert,
    AlertKind,
    AlertState,
    AlertStatus,
    Episode,
    KnownArticle,
    Resolution,
    RuleRef,
    Story,
)
from schemas.article import Article, ArticleRef, IdentifiedArticle
from schemas.correction import ArticleState, Retraction
from schemas.dead_letter import DeadLetter, Reason
from schemas.decision import NameDecision, Verdict
from schemas.extraction import (
    ActorMention,
    CoOccurrence,
    EnrichedArticle,
    Entity,
    EntityLabel,
    LinkMethod,
    Measure,
    NearbyActor,
    SanctionsMention,
    Scope,
    Status,
)
from schemas.notification import Notification, Outcome, Silence
from schemas.rule import DEFAULT_RULE, ActorSelector, MuteTime, Rule, SanctionsCondition, Severity, Weekday
from schemas.span import Party, Span, TextField
from schemas.topics import Topic

__all__ = [
    "DEFAULT_RULE",
    "Actor",
    "ActorMention",
    "ActorSelector",
    "ActorType",
    "Alert",
    "AlertKind",
    "AlertState",
    "AlertStatus",
    "Article",
    "ArticleRef",
    "ArticleState",
    "CoOccurrence",
    "DeadLetter",
    "EnrichedArticle",
    "Entity",
    "EntityLabel",
    "Episode",
    "IdNumber",
    "IdentifiedArticle",
    "KnownArticle",
    "LinkMethod",
    "Measure",
    "MuteTime",
    "NameDecision",
    "NearbyActor",
    "Notification",
    "Outcome",
    "Party",
    "Reason",
    "Resolution",
    "Retraction",
    "Rule",
    "RuleRef",
    "SanctionsCondition",
    "SanctionsMention",
    "Scope",
    "Severity",
    "Silence",
    "Span",
    "Status",
    "Story",
    "TextField",
    "Topic",
    "Verdict",
    "Weekday",
]
