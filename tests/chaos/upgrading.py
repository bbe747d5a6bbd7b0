"""A rolling upgrade, and its way back: one process after the other is asked to stop and replaced by another version."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.comparison import Difference, Event, agreeing, broken_lives, compare
from tests.chaos.faults import Fault, Planned

WORKERS = 2  # of each kind
# Who reads is replaced before whoever writes what is read, and on the way back after it, as docs/operations.md says.
ORDER = ("alerts", "processor")


def plan_upgrade(checkout: Path, *, first: float = 0.0, last: float = 0.8) -> tuple[Planned, ...]:
    """Return the replacements of an upgrade to the code of `checkout`.

    Args:
        checkout: Whose code takes over.
        first: Share of the articles that have come out before the first replacement, from 0 to 1.
        last: The same, of the time by which the last one is done.
    """
    return _plan(ORDER, checkout, first, last)


def plan_rollback(checkout: Path, *, first: float = 0.0, last: float = 0.8) -> tuple[Planned, ...]:
    """Return the replacements of the way back to the code of `checkout`: the same in reverse."""
    return _plan(ORDER[::-1], checkout, first, last)


def _plan(order: Sequence[str], checkout: Path, first: float, last: float) -> tuple[Planned, ...]:
    targets = [(kind, target) for kind in order for target in range(WORKERS)]
    step = (last - first) / (len(targets) + 1)
    return tuple(
        Planned(first + step * number, Fault.REPLACE, target, kind, checkout)
        for number, (kind, target) in enumerate(targets, 1)
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run of two versions has come to, against a run of each of them alone.

    Attributes:
        keys: Of all keys of alerts.
        agreed: Of the keys of whose events both versions say exactly the same.
        difference: Of these keys' events from what both say.
        broken: Alerts of any key with an event that is missing or stands there twice, judged by their numbers.
    """

    keys: int
    agreed: int
    difference: Difference
    broken: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.difference or self.broken)


def judge(run: Sequence[Event], *, old: Sequence[Event], new: Sequence[Event]) -> Verdict:
    """Compare event by event where both versions say the same, and by numbers everywhere.

    A version that reads articles better than the one before says something else of some of them; what a mixture of both
    says of those is neither. All the same no event of an alert may be missing or stand there twice.
    """
    agreed = agreeing(old, new)
    return Verdict(
        keys=len({key for key, _ in (*old, *new)}),
        agreed=len(agreed),
        difference=compare(*([event for event in events if event[0] in agreed] for events in (new, run))),
        broken=broken_lives(run),
    )
