"""Articles on a timeline, and the alerts that follow."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from schemas import Alert, AlertState, ArticleRef, CoOccurrence, Rule, RuleRef
from services.alerts.episodes import Bounds
from services.alerts.lifecycle import Step, retract, take, tick
from services.core.identity import content_version
from tests.unit.alerts.examples import cooccurrence

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
BOUNDS = Bounds()
ACTORS = ("ann", "bob")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def rule(**fields: object) -> RuleRef:
    content = Rule.model_validate({"id": "r", "name": "R", **fields})
    return RuleRef(id=content.id, version=content_version(content.model_dump_json()), content=content)


def article(
    name: str, seen: float | None = None, *, story: str | None = None, source: str | None = None, **changes: object
) -> CoOccurrence:
    """A co-occurrence of an article; `story` makes its fingerprint, `seen` is the hour of its publication."""
    published = None if seen is None else at(seen)
    ref = ArticleRef(id=name, title=f"Title {name}", source=source, published_at=published)
    found = cooccurrence(name, ACTORS, **changes)
    return found.model_copy(update={"article": ref, "fingerprint": _digits(story or name)})


def _digits(story: str) -> str:
    """A fingerprint that shares with that of any other story no more than chance would have it."""
    return hashlib.shake_256(story.encode()).hexdigest(128)


class Line:
    """The state of one rule and actor set as articles arrive and time passes."""

    def __init__(self, ref: RuleRef | None = None, bounds: Bounds = BOUNDS) -> None:
        self.rule, self.bounds = ref or rule(), bounds
        self.state = AlertState()
        self.events: list[Alert] = []
        self.repeats = self.forgotten = 0

    def arrive(self, found: CoOccurrence, hours: float) -> list[Alert]:
        return self._follow(take(self.state, self.rule, ACTORS, found, arrived_at=at(hours), bounds=self.bounds))

    def retract(self, name: str, hours: float) -> list[Alert]:
        return self._follow(retract(self.state, self.rule, name, arrived_at=at(hours), bounds=self.bounds))

    def wait_until(self, hours: float) -> list[Alert]:
        return self._follow(tick(self.state, self.rule, now=at(hours), bounds=self.bounds))

    def _follow(self, step: Step) -> list[Alert]:
        # What is remembered survives being written and read.
        self.state = AlertState.model_validate_json(step.state.model_dump_json())
        self.events += step.events
        self.repeats += step.repeats
        self.forgotten += step.forgotten
        return list(step.events)


def told(events: Iterable[Alert]) -> list[str]:
    return [event.kind.value for event in events]
