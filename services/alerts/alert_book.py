"""Co-occurrences and retractions in, events of alerts out: the lifecycle under every rule in force."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from schemas import Alert, AlertState, CoOccurrence, Retraction, Rule, RuleRef, Topic
from services.alerts.encoding import StateEncoder
from services.alerts.episodes import Bounds
from services.alerts.lifecycle import Step, retract, take, tick
from services.alerts.memory import Change, Memory, Size, Stored
from services.alerts.rule_index import RuleIndex
from services.alerts.rules import actor_sets
from services.alerts.work import Work, arrival_time, require_small, require_utf8, set_aside
from services.core.codec import as_unreadable, encode
from services.core.dead_letters import Received
from services.core.headers import ARTICLE_TIME, event_headers, format_time
from services.core.identity import alert_key, content_version, pair_key
from services.core.outputs import Output

_SERVICE = "alerts"
_AT_ONCE = 500  # keys whose time has come, in one transaction


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the service: the memory of one alert, and the largest message in bytes."""

    memory: Bounds
    max_message_bytes: int


class AlertBook:
    """Remembers alerts by rule and actors."""

    source = Topic.ACTORS_COOCCURRENCES
    state = Topic.ALERTS_STATE

    def __init__(
        self, follow_rules: Callable[[], tuple[Rule, ...]], limits: Limits, on_unreadable: Callable[[str, str], None]
    ) -> None:
        """Start with nothing.

        Args:
            follow_rules: Returns the rules in force now.
            limits: Bounds.
            on_unreadable: Told key and problem of each state that cannot be read and is set aside.
        """
        self._follow_rules = follow_rules
        self._limits = limits
        self._memory: Memory[AlertState] = Memory(
            self.state, AlertState.model_validate_json, on_unreadable, StateEncoder().encode
        )
        self._rules: dict[str, RuleRef] = {}
        self._index = RuleIndex(())
        self.refresh()

    def size(self) -> Size:
        """Return how much is remembered."""
        return self._memory.size()

    def restore(self, partition: int, states: dict[str, Stored]) -> None:
        """Take in the states of a partition that is ours now."""
        self._memory.restore(partition, states)
        self._memory.make_due(lambda key: _rule_id(key) not in self._rules)

    def forget(self, partition: int) -> None:
        """Drop those of a partition that is somebody else's."""
        self._memory.forget(partition)

    def refresh(self) -> None:
        """Go by the rules in force now; what another rule or version remembers is looked at."""
        rules = self._follow_rules()
        if all(rule.id in self._rules and self._rules[rule.id].content is rule for rule in rules) and len(rules) == len(
            self._rules
        ):
            return
        known = {identity: ref.version for identity, ref in self._rules.items()}
        self._rules = {
            rule.id: RuleRef(id=rule.id, version=content_version(rule.model_dump_json()), content=rule)
            for rule in rules
        }
        self._index = RuleIndex(self._rules.values())
        changed = {
            identity
            for identity in known.keys() | self._rules.keys()
            if identity not in self._rules or known.get(identity) != self._rules[identity].version
        }
        self._memory.make_due(lambda key: _rule_id(key) in changed)

    def work_on(self, received: Received, written_at: datetime) -> Work:
        """Return what follows from a message; never raises because of what it holds."""
        try:
            message = decode(received.value)
            arrived_at = arrival_time(received, written_at)
            if isinstance(message, Retraction):
                group = pair_key(message.actor_ids)
                steps = self._retract(received.partition, group, message.article_id, message.arrived_at, {})
            else:
                group = pair_key(_ids(message))
                steps = self._take(received.partition, group, message, arrived_at)
            outputs = tuple(_alert_output(key, event, arrived_at) for key, step in steps for event in step.events)
            require_small(outputs, self._limits.max_message_bytes)
        except Exception as error:  # noqa: BLE001 - one message that we fail on must not stop the others: it is set aside
            return set_aside(received, error, self.source, failed_at=written_at)
        for key, step in steps:
            self._note(received.partition, key, step, group)
        return _work(steps, outputs, arrived_at)

    def tick(self, partition: int, now: datetime) -> list[Work]:
        """Return what follows from time alone."""
        works = []
        for key in self._memory.due(partition, now.timestamp(), _AT_ONCE):
            state = self._memory.get(partition, key) or AlertState()
            step = tick(state, self._rules.get(_rule_id(key)), now=now, bounds=self._limits.memory)
            self._note(partition, key, step, _group_of(state, key))
            outputs = tuple(_alert_output(key, event, None) for event in step.events)
            works.append(_work([(key, step)], outputs, None))
        return works

    def states(self) -> list[Output]:
        """Return the states that all of this changed."""
        return self._memory.outputs()

    def keep(self, written: Iterable[Output]) -> None:
        """Make the changes last."""
        self._memory.keep(written)

    def take_back(self) -> None:
        """Drop the changes."""
        self._memory.take_back()

    def _take(
        self, partition: int, group: str, cooccurrence: CoOccurrence, arrived_at: datetime
    ) -> list[tuple[str, Step]]:
        steps = []
        near = (actor.actor_id for actor in (*cooccurrence.actors, *cooccurrence.others))
        for rule in self._index.candidates(near):
            for actors in actor_sets(rule.content, cooccurrence):
                ids = tuple(actor.actor_id for actor in actors)
                key = alert_key(rule.id, ids)
                state = self._memory.get(partition, key) or AlertState()
                own = _among(cooccurrence, ids)
                step = take(state, rule, ids, own, arrived_at=arrived_at, bounds=self._limits.memory)
                steps.append((key, step))
        # What an earlier revision of the article met, and this one does not.
        return steps + self._retract(partition, group, cooccurrence.article.id, arrived_at, dict(steps))

    def _retract(
        self, partition: int, group: str, article_id: str, arrived_at: datetime, met: Mapping[str, Step]
    ) -> list[tuple[str, Step]]:
        steps = []
        for key in sorted(self._memory.keys(partition, group) - met.keys()):
            rule, state = self._rules.get(_rule_id(key)), self._memory.get(partition, key)
            if rule is not None and state is not None:
                step = retract(state, rule, article_id, arrived_at=arrived_at, bounds=self._limits.memory)
                steps.append((key, step))
        return steps

    def _note(self, partition: int, key: str, step: Step, group: str) -> None:
        """Remember what a step leaves, unless it leaves everything as it was."""
        if step.state.episodes:
            if step.state is not self._memory.get(partition, key) or not self._memory.is_planned(
                partition, key, step.due
            ):
                self._memory.change(partition, key, Change(step.state, step.due, group))
        elif key in self._memory.keys(partition, group):
            self._memory.change(partition, key, Change(None, None, group))


def decode(raw: bytes | None) -> CoOccurrence | Retraction:
    """Read a message of `actors.cooccurrences`.

    Raises:
        Unreadable: Says which field is wrong.
    """
    body = require_utf8(raw)
    try:
        return CoOccurrence.model_validate_json(body)
    except ValidationError as error:
        try:
            return Retraction.model_validate_json(body)
        except ValidationError:
            raise as_unreadable(error) from error


def _work(steps: Iterable[tuple[str, Step]], outputs: tuple[Output, ...], article_time: datetime | None) -> Work:
    steps = list(steps)
    return Work(
        outputs,
        alerts=tuple(event for _, step in steps for event in step.events),
        repeats=sum(step.repeats for _, step in steps),
        forgotten=sum(step.forgotten for _, step in steps),
        article_time=article_time,
    )


def _alert_output(key: str, alert: Alert, arrived_at: datetime | None) -> Output:
    headers = event_headers(
        kind="alert",
        source=_SERVICE,
        event_id=alert.id,
        subject=alert.alert_id,
        time=alert.raised_at,
    )
    if arrived_at is not None:
        headers.append((ARTICLE_TIME, format_time(arrived_at).encode()))
    return Output(Topic.ALERTS, key.encode(), encode(alert), headers)


def _rule_id(key: str) -> str:
    return key.partition("|")[0]  # which no rule id holds


def _among(cooccurrence: CoOccurrence, actor_ids: tuple[str, ...]) -> CoOccurrence:
    """Return a co-occurrence of which no other actors stand near than these."""
    others = tuple(other for other in cooccurrence.others if other.actor_id in actor_ids)
    return cooccurrence if others == cooccurrence.others else cooccurrence.model_copy(update={"others": others})


def _ids(cooccurrence: CoOccurrence) -> tuple[str, str]:
    first, second = cooccurrence.actors
    return first.actor_id, second.actor_id


def _group_of(state: AlertState, key: str) -> str:
    if not state.episodes:
        return key.partition("|")[2]
    return pair_key(state.episodes[0].actor_ids[:2])
