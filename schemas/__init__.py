"""The contract: every message Sightline reads or writes, and the topics they travel on."""

from schemas.actor import Actor, ActorType
from schemas.alert import Alert, AlertState, RuleRef
from schemas.article import Article, ArticleRef, IdentifiedArticle
from schemas.dead_letter import DeadLetter, Reason
from schemas.extraction import (
    ActorMention,
    CoOccurrence,
    EnrichedArticle,
    Entity,
    EntityLabel,
    LinkMethod,
    Measure,
    SanctionsMention,
    Scope,
    Status,
)
from schemas.rule import ActorSelector, Rule, SanctionsCondition, Severity
from schemas.span import Party, Span, TextField
from schemas.topics import Topic

__all__ = [
    "Actor",
    "ActorMention",
    "ActorSelector",
    "ActorType",
    "Alert",
    "AlertState",
    "Article",
    "ArticleRef",
    "CoOccurrence",
    "DeadLetter",
    "EnrichedArticle",
    "Entity",
    "EntityLabel",
    "IdentifiedArticle",
    "LinkMethod",
    "Measure",
    "Party",
    "Reason",
    "Rule",
    "RuleRef",
    "SanctionsCondition",
    "SanctionsMention",
    "Scope",
    "Severity",
    "Span",
    "Status",
    "TextField",
    "Topic",
]
