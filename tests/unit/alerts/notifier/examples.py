"""Events in an alert's life, to notify of."""

from datetime import UTC, datetime, timedelta

from schemas import (
    Alert,
    AlertKind,
    AlertStatus,
    ArticleRef,
    MuteTime,
    Resolution,
    Rule,
    RuleRef,
    Severity,
    Silence,
)
from services.core.identity import alert_event_id, alert_key
from tests.unit.alerts.examples import actor, cooccurrence

OPENED_AT = datetime(2023, 2, 28, 9, 0, tzinfo=UTC)
SECRET = "whsec_" + "c2lnaHRsaW5lLXRlc3Qtc2VjcmV0LXNpZ2h0bGluZS0="  # base64 of 34 bytes


def alert(
    kind: AlertKind = AlertKind.OPENED,
    sequence: int = 1,
    *,
    alert_id: str = "al-1",
    rule: str = "same-sentence",
    severity: Severity = Severity.WARNING,
    labels: dict[str, str] | None = None,
    mute: tuple[MuteTime, ...] = (),
    source: str = "Example Wire",
    url: str | None = "https://news.example/meeting",
    raised_at: datetime = OPENED_AT,
    summary: str = "Ann and Bob in one sentence of “A meeting” (Example Wire)",
) -> Alert:
    content = Rule(id=rule, name="Two in a sentence", severity=severity, labels=labels or {}, mute=mute)
    article = ArticleRef(id=f"{alert_id}-{sequence}", title="A meeting", source=source, url=url)
    evidence = cooccurrence(article.id).model_copy(update={"article": article})
    ann = actor("ann", "Ann", tags=("head-of-state",), countries=("by",))
    bob = actor("bob", "Bob", tags=("mercenaries",), countries=("ru",))
    return Alert(
        id=alert_event_id(alert_id, sequence),
        alert_id=alert_id,
        kind=kind,
        status=AlertStatus.RESOLVED if kind is AlertKind.RESOLVED else AlertStatus.OPEN,
        sequence=sequence,
        resolution=Resolution.QUIET if kind is AlertKind.RESOLVED else None,
        rule=RuleRef(id=rule, version="3f9a1c07", content=content),
        severity=severity,
        labels=labels or {},
        actors=(ann, bob),
        scope=evidence.scope,
        cooccurrences=(evidence,),
        article_count=sequence,
        story_count=1,
        independent_source_count=1,
        sources=(source,),
        first_seen=OPENED_AT,
        last_seen=raised_at,
        raised_at=raised_at,
        summary=summary,
    )


def key_of(event: Alert) -> bytes:
    return alert_key(event.rule.id, [each.actor_id for each in event.actors]).encode()


def silence(
    *matchers: str, starts_at: datetime = OPENED_AT, lasts: timedelta = timedelta(hours=2), identity: str = "s-1"
) -> Silence:
    return Silence(
        id=identity,
        matchers=matchers,
        author="Desk",
        comment="a summit",
        starts_at=starts_at,
        ends_at=starts_at + lasts,
    )
