"""The life of an alert, folded: what is remembered and what arrives give what is remembered next and what to tell.

Pure: time is what arrivals and `now` say it is. Everything due before an arrival happens before it, at its own time,
so that the events are a function of the arrivals of a key in their order, whenever they are processed; and an arrival
processed again changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from schemas import (
    Alert,
    AlertKind,
    AlertState,
    AlertStatus,
    CoOccurrence,
    Episode,
    KnownArticle,
    Resolution,
    Rule,
    RuleRef,
)
from services.alerts.episodes import (
    Arrival,
    Bounds,
    closest,
    is_met,
    join,
    reaches,
    read_arrival,
    take_out,
)
from services.alerts.events import make_event
from services.core.identity import alert_id

_EPISODES = 16  # remembered of a key; more are only there when articles of many months come at once


class Step(NamedTuple):
    """What follows.

    Attributes:
        state: What is remembered now; the very object that was given where nothing changed.
        events: To be told, in order.
        repeats: Articles that say what they have said already.
        forgotten: Articles, stories and episodes dropped because there were too many.
        due: When time alone will change something; None for never.
    """

    state: AlertState
    events: tuple[Alert, ...] = ()
    repeats: int = 0
    forgotten: int = 0
    due: datetime | None = None


def take(  # noqa: PLR0913 - what an arrival is, and under which terms
    state: AlertState,
    rule: RuleRef,
    actor_ids: tuple[str, ...],
    cooccurrence: CoOccurrence,
    *,
    arrived_at: datetime,
    bounds: Bounds,
) -> Step:
    """Return what follows when a co-occurrence that meets the rule with these actors arrives.

    Args:
        state: Remembered of the rule and actors.
        rule: In force.
        actor_ids: Sorted.
        cooccurrence: What the article says.
        arrived_at: When this revision of the article came to `articles`.
        bounds: Of the memory.
    """
    step = tick(state, rule, now=arrived_at, bounds=bounds)
    arrival = read_arrival(cooccurrence, actor_ids, arrived_at)
    home = _home(step.state, arrival.article_id)
    if home is not None:
        number, known = home
        says_the_same = known.story is not None and known.digest == arrival.digest
        if known.arrived_at >= arrived_at or says_the_same:
            return step._replace(repeats=step.repeats + 1)
        if known.story is not None:
            return _after(_correct(step, rule, arrival, bounds, number), rule, arrived_at, bounds)
    return _after(_admit(step, rule, arrival, bounds), rule, arrived_at, bounds)


def retract(state: AlertState, rule: RuleRef, article_id: str, *, arrived_at: datetime, bounds: Bounds) -> Step:
    """Return what follows when an article, by its corrected revision of `arrived_at`, no longer meets the rule."""
    step = tick(state, rule, now=arrived_at, bounds=bounds)
    home = _home(step.state, article_id)
    if home is None:
        return step
    number, known = home
    if known.story is None or known.arrived_at >= arrived_at:
        return step
    without = take_out(step.state.episodes[number], article_id, arrived_at)
    return _after(_reconsider(step, rule, number, without, arrived_at), rule, arrived_at, bounds)


def tick(state: AlertState, rule: RuleRef | None, *, now: datetime, bounds: Bounds) -> Step:
    """Return what follows from time alone: everything that is due at `now` or before, at its time and in its order.

    Args:
        state: Remembered of a rule and actors.
        rule: In force; None if it was removed, which resolves what is open, at `now`.
        now: The time.
        bounds: Of the memory.
    """
    if rule is None:
        return _remove_rule(state, now)
    step = Step(state)
    while due := min(_dues(step.state, rule.content, bounds), default=None):
        if due.at > now:
            return Step(step.state, step.events, step.repeats, step.forgotten, due.at)
        step = due.happen(step, due.number, rule, due.at)
    return step


class _Due(NamedTuple):
    """Something that time alone brings about; what comes first is the smallest."""

    at: datetime
    number: int  # of the episode
    rank: int  # of what is due at one time
    happen: Callable[[Step, int, RuleRef, datetime], Step]


def _dues(state: AlertState, rule: Rule, bounds: Bounds) -> list[_Due]:
    dues = []
    for number, episode in enumerate(state.episodes):
        told_at, last_arrived_at = episode.told_at, episode.last_arrived_at
        if episode.last_seen is None or last_arrived_at is None:
            continue
        # Articles of the past come one by one: while they do, their episode stays open.
        quiet = max(episode.last_seen + rule.resolve_after, last_arrived_at + rule.group_interval)
        if told_at is None:
            # Nobody was told; but a repeat of its articles must find them, and not count for an alert of later ones.
            dues.append(_Due(max(quiet, last_arrived_at + bounds.remember), number, 0, _forget))
            continue
        if episode.changed_at is not None:
            dues.append(_Due(max(told_at + rule.group_interval, episode.changed_at), number, 0, _update))
        elif episode.status is AlertStatus.OPEN and rule.repeat_interval is not None:
            dues.append(_Due(told_at + rule.repeat_interval, number, 2, _repeat))
        if episode.status is AlertStatus.OPEN:
            dues.append(_Due(quiet, number, 1, _resolve))
        elif episode.changed_at is None:
            dues.append(_Due(max(told_at, last_arrived_at) + bounds.remember, number, 3, _forget))
    return dues


def _update(step: Step, number: int, rule: RuleRef, at: datetime) -> Step:
    return _tell(step, number, rule, AlertKind.UPDATED, at=at)


def _repeat(step: Step, number: int, rule: RuleRef, at: datetime) -> Step:
    return _tell(step, number, rule, AlertKind.REPEATED, at=at)


def _resolve(step: Step, number: int, rule: RuleRef, at: datetime) -> Step:
    return _tell(step, number, rule, Resolution.QUIET, at=at)


def _forget(step: Step, number: int, _rule: RuleRef, _at: datetime) -> Step:
    episodes = step.state.episodes
    return step._replace(state=_with_episodes(step.state, episodes[:number] + episodes[number + 1 :]))


def _correct(step: Step, rule: RuleRef, arrival: Arrival, bounds: Bounds, home: int) -> Step:
    """Replace what an article said; one whose event time moved out of its episode leaves it."""
    episode = step.state.episodes[home]
    without = take_out(episode, arrival.article_id, arrival.arrived_at)
    if not reaches(episode, arrival.seen_at, rule.content):
        step = _reconsider(step, rule, home, without, arrival.arrived_at)
        return _admit(step, rule, arrival, bounds)
    corrected, forgotten = join(without, arrival, bounds, correction=True)
    step = step._replace(forgotten=step.forgotten + forgotten)
    return _reconsider(step, rule, home, corrected, arrival.arrived_at)


def _reconsider(step: Step, rule: RuleRef, number: int, episode: Episode, at: datetime) -> Step:
    """Put a corrected episode in its place, and resolve or open it if that is what the correction means."""
    met = episode.article_count > 0 and is_met(episode, rule.content)
    step = step._replace(state=_with_episode(step.state, number, episode))
    if episode.status is AlertStatus.OPEN and not met:
        return _tell(step, number, rule, Resolution.CORRECTED, at=at)
    if episode.status is AlertStatus.PENDING and met:
        return _open(step, number, rule, _latest(episode), at)
    return step


def _admit(step: Step, rule: RuleRef, arrival: Arrival, bounds: Bounds) -> Step:
    """Let an article join the latest episode that its event time reaches, or begin one of its own."""
    episodes = step.state.episodes
    reached = [n for n, episode in enumerate(episodes) if reaches(episode, arrival.seen_at, rule.content)]
    if reached:
        number = reached[-1]
    else:
        number = sum(episode.first_seen is not None and episode.first_seen < arrival.seen_at for episode in episodes)
        episodes = (*episodes[:number], Episode(actor_ids=arrival.actor_ids), *episodes[number:])
    joined, forgotten = join(episodes[number], arrival, bounds)
    # What a correction had ended goes on with the next article that says so; a late copy of a story changes nothing.
    if joined.status is AlertStatus.RESOLVED and joined.changed_at is not None and is_met(joined, rule.content):
        joined = joined.model_copy(update={"status": AlertStatus.OPEN})
    state = _with_episodes(step.state, (*episodes[:number], joined, *episodes[number + 1 :]))
    step = step._replace(state=state, forgotten=step.forgotten + forgotten)
    if joined.status is AlertStatus.PENDING and is_met(joined, rule.content):
        step = _open(step, number, rule, _latest(joined), arrival.arrived_at)
    return _bound(step)


def _open(step: Step, number: int, rule: RuleRef, article: KnownArticle, at: datetime) -> Step:
    episode = step.state.episodes[number]
    identity = alert_id(rule.id, episode.actor_ids, article.id, article.seen_at)
    opened = episode.model_copy(update={"alert_id": identity, "status": AlertStatus.OPEN})
    step = step._replace(state=_with_episode(step.state, number, opened))
    return _tell(step, number, rule, AlertKind.OPENED, at=at)


def _tell(step: Step, number: int, rule: RuleRef, what: AlertKind | Resolution, *, at: datetime) -> Step:
    """Raise an event, or the resolution for this reason, and note that it was."""
    resolution = what if isinstance(what, Resolution) else None
    kind = AlertKind.RESOLVED if isinstance(what, Resolution) else what
    episode = step.state.episodes[number]
    told = episode.model_copy(update={"sequence": episode.sequence + 1})
    if resolution is not None:
        told = told.model_copy(update={"status": AlertStatus.RESOLVED})
    shows_news = kind is not AlertKind.REPEATED and bool(told.untold)
    if not shows_news:
        told = told.model_copy(update={"untold_left_out": 0})
    shown = told.untold if shows_news else () if kind is AlertKind.UPDATED else closest(told)
    event = make_event(told, rule, kind, raised_at=at, evidence=shown, resolution=resolution)
    told = told.model_copy(update={"told_at": at, "untold": (), "untold_left_out": 0, "changed_at": None})
    return step._replace(state=_with_episode(step.state, number, told), events=(*step.events, event))


def _remove_rule(state: AlertState, now: datetime) -> Step:
    """Resolve what is open under the rule as it last was, and forget everything."""
    step = Step(state)
    for number, episode in enumerate(state.episodes):
        if episode.status is AlertStatus.OPEN and state.rule is not None:
            step = _tell(step, number, state.rule, Resolution.RULE_REMOVED, at=now)
    return step._replace(state=AlertState())


def _after(step: Step, rule: RuleRef, at: datetime, bounds: Bounds) -> Step:
    """Remember the rule as it is now, and tell at once what need not wait for more."""
    if step.state.rule is None or step.state.rule.version != rule.version:
        step = step._replace(state=step.state.model_copy(update={"rule": rule}))
    told = tick(step.state, rule, now=at, bounds=bounds)
    return Step(told.state, (*step.events, *told.events), step.repeats, step.forgotten, told.due)


def _bound(step: Step) -> Step:
    """Forget the oldest episodes that nobody waits for."""
    episodes = step.state.episodes
    if len(episodes) <= _EPISODES:
        return step
    idle = [n for n, each in enumerate(episodes) if each.status is not AlertStatus.OPEN and each.changed_at is None]
    dropped = set(idle[: len(episodes) - _EPISODES])
    kept = tuple(episode for n, episode in enumerate(episodes) if n not in dropped)
    return step._replace(state=_with_episodes(step.state, kept), forgotten=step.forgotten + len(dropped))


def _home(state: AlertState, article_id: str) -> tuple[int, KnownArticle] | None:
    """Return the number of the episode that an article belongs to, and what is known of it there.

    Corrections may have taken it out of one episode and into another: where it stands counts, else its last revision.
    """
    found = [
        (number, known)
        for number, episode in enumerate(state.episodes)
        if (known := episode.articles.get(article_id)) is not None
    ]
    return max(found, key=lambda each: (each[1].story is not None, each[1].arrived_at), default=None)


def _latest(episode: Episode) -> KnownArticle:
    return episode.articles[next(reversed(episode.articles))]


def _with_episode(state: AlertState, number: int, episode: Episode) -> AlertState:
    episodes = state.episodes
    return _with_episodes(state, (*episodes[:number], episode, *episodes[number + 1 :]))


def _with_episodes(state: AlertState, episodes: tuple[Episode, ...]) -> AlertState:
    return AlertState.model_construct(rule=state.rule, episodes=episodes)
