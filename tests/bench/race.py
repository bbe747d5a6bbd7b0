"""Measure several systems over the same articles, in turns, so that whatever else the machine does hits all alike."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import process_time

from tests.bench.corpora import Corpus
from tests.bench.systems import System

_WARM_UP = 20  # articles that are read first, and not counted
_TURN = 20  # articles that one system reads before the next has its turn


@dataclass(frozen=True, slots=True)
class Race:
    """Processor seconds that each system took for a corpus."""

    corpus: Corpus
    seconds: Mapping[str, float]

    def ratio(self, faster: str, slower: str) -> float:
        """How many times as fast one system is as another."""
        return self.seconds[slower] / self.seconds[faster]


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and what it must reach."""

    what: str
    figure: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the figure is within its bounds."""
        above = self.at_least is None or self.figure >= self.at_least
        return above and (self.at_most is None or self.figure <= self.at_most)

    def __str__(self) -> str:
        bound = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        return f"{self.what}: {self.figure:.2f} ({bound})"


def race(corpus: Corpus, systems: Sequence[System]) -> Race:
    """Let all systems read the corpus in turns; who begins changes from turn to turn."""
    for system in systems:
        system.read(corpus.articles[:_WARM_UP])
    taken = dict.fromkeys((system.name for system in systems), 0.0)
    for number, start in enumerate(range(0, len(corpus.articles), _TURN)):
        articles = corpus.articles[start : start + _TURN]
        first = number % len(systems)
        for system in (*systems[first:], *systems[:first]):
            taken[system.name] += seconds(partial(system.read, articles))
    return Race(corpus, taken)


def seconds(call: Callable[[], object]) -> float:
    """Return the processor seconds that a call takes; what went before leaves it nothing to tidy up."""
    gc.collect()
    started = process_time()
    call()
    return process_time() - started


def best_of(times: int, call: Callable[[], object]) -> float:
    """Return the least that a call takes of several times."""
    return min(seconds(call) for _ in range(times))
