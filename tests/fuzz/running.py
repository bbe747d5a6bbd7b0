"""Run a target on so many inputs, one after the other, and count what became of them."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fuzz.mutation import mutate
from tests.fuzz.targets import Fate, Target

LONGEST_S = 20.0


class TooSlow(BaseException):
    """An input takes longer than any may; no `except Exception` stops it."""


@dataclass(slots=True)
class Tally:
    """What became of the inputs of one target.

    Attributes:
        inputs: How many.
        taken: Of them, those of which something was accepted.
        fate: What was accepted and rejected in all.
        faults: Number of the input and what went wrong.
        slowest_s: Of one input.
        took_s: Of all.
    """

    inputs: int = 0
    taken: int = 0
    fate: Fate = field(default_factory=Fate)
    faults: list[tuple[int, str]] = field(default_factory=list)
    slowest_s: float = 0.0
    took_s: float = 0.0


@contextmanager
def deadline() -> Iterator[None]:
    """Raise TooSlow where it takes too long."""

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(target: Target, count: int, *, first: int = 0, until: float | None = None) -> Tally:
    """Run the inputs from `first` on.

    Args:
        target: What takes them.
        count: How many.
        first: The number of the first.
        until: No more after this, by the monotonic clock.
    """
    tally, seeds = Tally(), target.seeds
    for seed in seeds:  # loads what is loaded once, outside of the time
        target.run(seed)
    began = time.monotonic()
    for number in range(first, first + count):
        raw = mutate(seeds, number, target.name)
        before = time.monotonic()
        if until is not None and before > until:
            break
        try:
            with deadline():
                fate = target.run(raw)
        except (Exception, TooSlow) as fault:  # noqa: BLE001 - this is what is looked for
            tally.faults.append((number, f"{type(fault).__name__}: {fault}".partition("\n")[0][:300]))
        else:
            tally.fate.accepted += fate.accepted
            tally.fate.rejected += fate.rejected
            tally.taken += bool(fate.accepted)
        tally.inputs += 1
        tally.slowest_s = max(tally.slowest_s, time.monotonic() - before)
    tally.took_s = time.monotonic() - began
    return tally


def kinds(tally: Tally) -> Counter[str]:
    """Return how often each fault was met, whatever its particulars."""
    return Counter(told.partition(":")[0] for _, told in tally.faults)
