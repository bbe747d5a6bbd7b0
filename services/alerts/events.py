"""Say what has happened to an alert: the events that people subscribe to."""

from datetime import datetime, timedelta

from schemas import (
    ActorMention,
    Alert,
    AlertKind,
    AlertStatus,
    CoOccurrence,
    Episode,
    Resolution,
    RuleRef,
    Scope,
)
from services.alerts.stories import independent_sources
from services.core.identity import alert_event_id

MAX_SOURCES = 50
_WHERE = {
    Scope.SENTENCE: "in one sentence of",
    Scope.PARAGRAPH: "in one paragraph of",
    Scope.ARTICLE: "in",
}
_ENDED = {
    Resolution.QUIET: "quiet since {last_seen:%Y-%m-%d %H:%M} UTC",
    Resolution.CORRECTED: "corrected: no article says so any more",
    Resolution.RULE_REMOVED: "the rule was removed",
}


def make_event(  # noqa: PLR0913 - what an event is made of
    episode: Episode,
    rule: RuleRef,
    kind: AlertKind,
    *,
    raised_at: datetime,
    evidence: tuple[CoOccurrence, ...],
    resolution: Resolution | None = None,
) -> Alert:
    """Return the event that follows in an alert's life.

    Args:
        episode: The alert as it is after the event, whose number is `episode.sequence`.
        rule: In force.
        kind: What has happened.
        raised_at: When.
        evidence: What the event shows.
        resolution: Why it is resolved, if it is.
    """
    lead = episode.leads[0]
    actors = actors_named(evidence[0] if evidence else lead, episode.actor_ids)
    sources = independent_sources(episode.stories)
    return Alert(
        id=alert_event_id(episode.alert_id, episode.sequence),
        alert_id=episode.alert_id,
        kind=kind,
        status=AlertStatus.RESOLVED if kind is AlertKind.RESOLVED else episode.status,
        sequence=episode.sequence,
        resolution=resolution,
        rule=rule,
        severity=rule.content.severity,
        labels=rule.content.labels,
        actors=actors,
        scope=lead.scope,
        cooccurrences=evidence,
        cooccurrences_left_out=episode.untold_left_out,
        article_count=episode.article_count,
        story_count=len(episode.stories) + episode.stories_forgotten,
        independent_source_count=max(len(sources), min(1, len(episode.stories))),
        sources=sources[:MAX_SOURCES],
        first_seen=episode.first_seen or raised_at,
        last_seen=episode.last_seen or raised_at,
        raised_at=raised_at,
        summary=_summarise(episode, rule, kind, actors=actors, evidence=evidence, resolution=resolution),
    )


def actors_named(cooccurrence: CoOccurrence, actor_ids: tuple[str, ...]) -> tuple[ActorMention, ...]:
    """Return the mentions of these actors in a co-occurrence, sorted by id."""
    named = {actor.actor_id: actor for actor in (*cooccurrence.others, *cooccurrence.actors)}
    return tuple(_plain(named[each]) for each in actor_ids if each in named)


def _plain(actor: ActorMention) -> ActorMention:
    """Return a mention without what only holds beside a pair."""
    if type(actor) is ActorMention:
        return actor
    return ActorMention.model_construct(**{name: getattr(actor, name) for name in ActorMention.model_fields})


def _summarise(  # noqa: PLR0913 - a sentence of many parts
    episode: Episode,
    rule: RuleRef,
    kind: AlertKind,
    *,
    actors: tuple[ActorMention, ...],
    evidence: tuple[CoOccurrence, ...],
    resolution: Resolution | None,
) -> str:
    names = [actor.name for actor in actors]
    who = f"{', '.join(names[:-1])} and {names[-1]}"
    so_far = f"{_count(episode.article_count, 'article')} in {_count(len(episode.stories), 'story', 'stories')} so far"
    if kind is AlertKind.RESOLVED and resolution is not None:
        ended = _ENDED[resolution].format(last_seen=episode.last_seen)
        return f"{who}: resolved, {ended}; {so_far}"
    if kind is AlertKind.REPEATED:
        return f"{who}: still open, no news for {_span_of_time(rule.content.repeat_interval)}; {so_far}"
    if not evidence:
        return f"{who}: corrected; {so_far}"
    newest = evidence[-1]
    article = newest.article
    title = f"“{article.title}”" if article.title else f"article {article.id}"
    source = f" ({article.source})" if article.source else ""
    where = f"{who} {_WHERE[newest.scope]} {title}{source}"
    more = len(evidence) + episode.untold_left_out - 1
    if kind is AlertKind.UPDATED:
        return f"{where}" + (f" and {_count(more, 'more story', 'more stories')}" if more else "") + f"; {so_far}"
    return where + (f" and {_count(more, 'more story', 'more stories')}" if more else "")


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _span_of_time(duration: timedelta | None) -> str:
    return str(duration or timedelta())
