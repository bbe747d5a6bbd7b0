"""Compare the alert events of two runs, event by event."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Event = tuple[str, str]  # key, and the value as JSON in one form


def canonical(key: bytes, value: bytes) -> Event:
    """Return an event in a form in which equal ones are equal."""
    return key.decode(), json.dumps(json.loads(value), sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a run differs from the clean one.

    Attributes:
        lost: Events that the clean run has and this one lacks.
        doubled: Events that stand here more often than in the clean run.
        foreign: Events that the clean run does not have at all.
        disordered: Keys whose events are the same, but in another order.
    """

    lost: tuple[Event, ...]
    doubled: tuple[Event, ...]
    foreign: tuple[Event, ...]
    disordered: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.foreign or self.disordered)


def compare(clean: Sequence[Event], run: Sequence[Event]) -> Difference:
    """Return how `run` differs from `clean`; the order counts within a key, as it does on a topic."""
    wanted, found = Counter(clean), Counter(run)
    more = found - wanted
    in_order, as_run = _by_key(clean), _by_key(run)
    return Difference(
        lost=tuple((wanted - found).elements()),
        doubled=tuple(event for event in more.elements() if event in wanted),
        foreign=tuple(event for event in more.elements() if event not in wanted),
        disordered=tuple(
            key
            for key, values in as_run.items()
            if values != in_order.get(key) and Counter(values) == Counter(in_order.get(key))
        ),
    )


def agreeing(one: Sequence[Event], other: Sequence[Event]) -> frozenset[str]:
    """Return the keys whose events are the same in both runs, in the same order."""
    left, right = _by_key(one), _by_key(other)
    return frozenset(key for key, values in left.items() if right.get(key) == values)


def broken_lives(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the alerts of which an event is missing or twice: they are not numbered 1, 2, 3, …, or share an id."""
    numbers: dict[str, list[int]] = defaultdict(list)
    ids: dict[str, set[str]] = defaultdict(set)
    for _, value in events:
        told = json.loads(value)
        numbers[told["alert_id"]].append(told["sequence"])
        ids[told["alert_id"]].add(told["id"])
    return tuple(
        alert
        for alert, found in numbers.items()
        if found != [*range(1, len(found) + 1)] or len(ids[alert]) < len(found)
    )


def kinds(events: Iterable[Event]) -> Mapping[str, int]:
    """Return how many events there are of each kind."""
    return Counter(str(json.loads(value).get("kind", "alert")) for _, value in events)


def describe(difference: Difference, *, shown: int = 5) -> str:
    """Return the differences for people, the first few of each sort."""
    lines = []
    for name, events in (
        ("lost", difference.lost),
        ("doubled", difference.doubled),
        ("foreign", difference.foreign),
    ):
        lines += [f"{name}: {_short(event)}" for event in events[:shown]]
    lines += [f"in another order: {key}" for key in difference.disordered[:shown]]
    return "\n".join(lines) or "no difference"


def _short(event: Event) -> str:
    key, value = event
    told = json.loads(value)
    names = ("id", "alert_id", "kind", "sequence", "article_count", "story_count", "raised_at", "resolution")
    return f"{key} {json.dumps({name: told[name] for name in names if name in told})}"


def _by_key(events: Iterable[Event]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in events:
        found[key].append(value)
    return found
