"""One run: fresh topics, the same articles, two workers of each kind, and whatever is planned to go wrong."""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from services.core.cluster import create_topics
from services.core.settings import KafkaSettings
from services.watchlist.actors_topic import write_watchlist
from services.watchlist.file import read_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load
from tests.chaos.articles import Sent
from tests.chaos.cluster import Cluster
from tests.chaos.comparison import Difference, Event, compare
from tests.chaos.faults import KINDS, Chaos, Fault, Planned
from tests.chaos.publishing import Press, publish_rules
from tests.chaos.reading import Progress, behind, count_dead_letters, read_events
from tests.chaos.rules import RULES
from tests.chaos.workers import CHECKOUT, Crew, Worker

_AHEAD = 3.0  # shares of the articles, one for each fault, that are published ahead of it
_READY_S = 180.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has come to."""

    name: str
    articles: int
    done: Mapping[str, int]
    left: int
    enriched_lost: int
    enriched_repeats: int
    events: tuple[Event, ...] = field(repr=False)
    dead_letters: int
    seconds: float
    held_s: float
    exit_codes: tuple[tuple[str, int | None], ...]

    def against(self, clean: "Outcome") -> Difference:
        """Return how the alert events differ from those of a clean run."""
        return compare(clean.events, self.events)


@dataclass
class Run:
    """A run to be done once."""

    name: str
    cluster: Cluster
    articles: Sequence[Sent]
    folder: Path
    faults: Sequence[Planned] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workers: int = 2  # of each kind
    deadline_s: float = 1800.0
    checkout: Path = CHECKOUT  # whose code the workers run at the beginning
    rate: float | None = None  # articles published a second; None: as fast as the broker takes them

    def do(self) -> Outcome:
        """Do it, and return when everything is written that will be.

        Raises:
            AssertionError: Something was not done in time; says what.
        """
        kafka = KafkaSettings(bootstrap_servers=self.cluster.bootstrap_servers, topic_prefix=f"{self.name}.")
        create_topics(kafka)
        publish_rules(kafka, RULES)
        watchlist = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")
        write_watchlist(kafka, plan_load({}, {OWN: watchlist}).changes)
        started = time.monotonic()
        progress, press = Progress(kafka, self.articles), Press(kafka, self.articles)
        try:
            pace = nullcontext() if self.rate is None else press.at_rate(self.rate)
            with Crew(self._settings(kafka), self.folder / self.name, self.checkout) as crew:
                for kind in KINDS:
                    crew.hire(kind, self.workers)
                going = _Going(crew, progress, kafka, started + self.deadline_s)
                chaos = Chaos(crew, self.cluster, going.live)
                with pace:
                    self._strike_all(chaos, going, press)
                press.publish_up_to(1.0)
                going.until_done()
                seconds = time.monotonic() - started
                exit_codes = tuple(crew.stop())
                left = sum(worker.left for worker in crew.workers)
        finally:
            progress.close()
            press.close()
        events = tuple(read_events(kafka))
        told = "".join(f"{key}\t{value}\n" for key, value in events)
        (self.folder / self.name / "events.txt").write_text(told, "utf-8")
        return Outcome(
            name=self.name,
            articles=len(self.articles),
            done=chaos.done,
            left=left,
            enriched_lost=progress.lost,
            enriched_repeats=progress.repeats,
            events=events,
            dead_letters=count_dead_letters(kafka),
            seconds=seconds,
            held_s=press.held_s,
            exit_codes=exit_codes,
        )

    def _strike_all(self, chaos: Chaos, going: "_Going", press: Press) -> None:
        """Do what is planned while articles flow."""
        for number, planned in enumerate(self.faults):
            if self.rate is None:
                # So much that there is work when it strikes, and not so much that there is none for the last ones.
                press.publish_up_to((number + _AHEAD) / (len(self.faults) + 1))
            for worker in chaos.struck_by(planned):
                going.until_ready(worker)
            going.until_share(planned.at)
            chaos.strike(planned)
        if any(planned.fault is Fault.REPLACE for planned in self.faults):
            for worker in chaos.crew.workers:
                going.until_ready(worker)

    def _settings(self, kafka: KafkaSettings) -> dict[str, str]:
        """What the workers are told."""
        return {
            "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": self.cluster.bootstrap_servers,
            "SIGHTLINE_KAFKA__TOPIC_PREFIX": kafka.topic_prefix,
            **self.environment,
        }


@dataclass
class _Going:
    """Lets time pass while looking after workers and progress."""

    crew: Crew
    progress: Progress
    kafka: KafkaSettings
    deadline: float

    def live(self, seconds: float) -> None:
        """Let so many seconds pass."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._look()

    def until_ready(self, worker: Worker) -> None:
        """Return when a worker is ready: one that is hit while it starts again has nothing to lose."""
        until = time.monotonic() + _READY_S
        while not worker.is_ready():
            assert time.monotonic() < until, f"{worker.name} does not become ready by itself"
            self._look()

    def until_share(self, share: float) -> None:
        """Return when this share of the articles has come out."""
        while self.progress.share < share:
            self._look()

    def until_done(self) -> None:
        """Return when all articles have come out, and no group has anything left to do."""
        self.until_share(1.0)
        while (rest := behind(self.kafka)) is not None:
            self._look(rest)

    def _look(self, rest: str = "articles are still to come out") -> None:
        assert time.monotonic() < self.deadline, f"not in time: {rest} ({self.progress.share:.1%} have come out)"
        self.crew.revive()
        self.progress.poll()
