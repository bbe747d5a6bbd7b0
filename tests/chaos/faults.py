"""What goes wrong in a run, and when: drawn from a seed, done to the workers and the nodes while articles flow."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.chaos.cluster import Cluster
from tests.chaos.workers import Crew, Worker

SESSION_S = 10.0  # of the services: who is silent for longer is taken for dead
_FROZEN_S = SESSION_S + 4.0
_GUEST_S = 6.0  # how long a third worker stays
_DOWN_S = 15.0
KINDS = ("processor", "alerts")


class Fault(StrEnum):
    """Ways to fail."""

    KILL = "kill"  # a worker, with SIGKILL; started again at once
    FREEZE = "freeze"  # a worker, with SIGSTOP, past its session; it comes back as a zombie
    GUEST = "guest"  # another worker joins and leaves: two rebalances
    CRASH = "crash"  # the broker, with SIGKILL; started again at once
    DOWN = "down"  # one broker of several, with SIGKILL; it stays away for a while
    REPLACE = "replace"  # a worker is asked to stop, and another version of it takes its place


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault, when it comes, and whom it hits."""

    at: float  # share of the articles that have come out, from 0 to 1
    fault: Fault
    target: int  # worker or node
    kind: str = KINDS[0]
    checkout: Path | None = None  # whose code replaces a worker's


def plan(wanted: Sequence[tuple[Fault, int]], *, seed: int, nodes: int = 1) -> tuple[Planned, ...]:
    """Return a schedule in which the wanted numbers of faults are spread over the run, kinds of workers in turn.

    Args:
        wanted: How many of each fault.
        seed: Of the order and of the targets.
        nodes: Of the cluster; each is hit in turn.
    """
    chance = random.Random(seed)
    drawn = [
        (fault, number % nodes if fault in {Fault.CRASH, Fault.DOWN} else chance.randrange(2), KINDS[number % 2])
        for fault, count in wanted
        for number in range(count)
    ]
    chance.shuffle(drawn)
    # The first comes when some articles are through, the last while there are some left.
    return tuple(
        Planned((number + chance.uniform(0.3, 1.0)) / (len(drawn) + 1), *each) for number, each in enumerate(drawn)
    )


@dataclass
class Chaos:
    """Does the planned faults, one after the other."""

    crew: Crew
    cluster: Cluster
    live: Callable[[float], None]  # lets so many seconds pass, looking after everything
    done: Counter[str] = field(default_factory=Counter)

    def strike(self, planned: Planned) -> None:
        """Do one fault, and return when whatever it hit runs again."""
        match planned.fault:
            case Fault.KILL:
                self._kill(self._target(planned))
            case Fault.FREEZE:
                self._freeze(self._target(planned))
            case Fault.GUEST:
                self._invite(planned.kind)
            case Fault.CRASH:
                self._take_down(planned.target, 0.0)
            case Fault.DOWN:
                self._take_down(planned.target, _DOWN_S)
            case Fault.REPLACE:
                assert planned.checkout is not None
                self._replace(self._target(planned), planned.checkout)
        self.done[planned.fault.value] += 1

    def struck_by(self, planned: Planned) -> list[Worker]:
        """Return the workers that a fault hits: one, or all if it hits a broker or moves partitions."""
        if planned.fault in {Fault.KILL, Fault.FREEZE}:
            return [self._target(planned)]
        return [worker for worker in self.crew.workers if worker.is_employed]

    def _target(self, planned: Planned) -> Worker:
        return self.crew.of(planned.kind)[planned.target]

    def _kill(self, worker: Worker) -> None:
        worker.kill()
        worker.start()

    def _replace(self, worker: Worker, checkout: Path) -> None:
        code = worker.stop()
        assert code == 0, f"{worker.name} of {worker.checkout.name} was asked to stop and ended with {code}"
        worker.checkout = checkout
        worker.start()

    def _freeze(self, worker: Worker) -> None:
        worker.freeze()
        try:
            self.live(_FROZEN_S)
        finally:
            worker.thaw()

    def _invite(self, kind: str) -> None:
        (guest,) = self.crew.hire(kind)
        self.live(_GUEST_S)
        guest.stop()

    def _take_down(self, node: int, seconds: float) -> None:
        self.cluster.kill(node)
        self.live(seconds)
        self.cluster.start(node)
        if self.cluster.size > 1:
            self.cluster.wait_until_whole()
