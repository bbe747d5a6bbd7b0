"""Make an alert of a rule and the co-occurrence that meets it."""

from datetime import datetime

from schemas import Alert, CoOccurrence, Rule, RuleRef, Scope
from services.core.identity import alert_id, content_version

_WHERE = {
    Scope.SENTENCE: "in one sentence of",
    Scope.PARAGRAPH: "in one paragraph of",
    Scope.ARTICLE: "in",
}


def raise_alert(rule: Rule, cooccurrence: CoOccurrence, *, raised_at: datetime) -> Alert:
    """Return the alert; the same rule, pair and article always give the same id."""
    article = cooccurrence.article
    return Alert(
        id=alert_id(rule.id, [actor.actor_id for actor in cooccurrence.actors], article.id),
        rule=RuleRef(id=rule.id, name=rule.name, version=content_version(rule.model_dump_json())),
        severity=rule.severity,
        labels=rule.labels,
        actors=cooccurrence.actors,
        scope=cooccurrence.scope,
        distance=cooccurrence.distance,
        evidence=cooccurrence.evidence,
        sanctions=cooccurrence.sanctions,
        article=article,
        cooccurrence_id=cooccurrence.id,
        summary=summarise(cooccurrence),
        raised_at=raised_at,
    )


def summarise(cooccurrence: CoOccurrence) -> str:
    """Say in one sentence who stands with whom, and where."""
    first, second = cooccurrence.actors
    article = cooccurrence.article
    title = f"“{article.title}”" if article.title else f"article {article.id}"
    source = f" ({article.source})" if article.source else ""
    return f"{first.name} and {second.name} {_WHERE[cooccurrence.scope]} {title}{source}"
