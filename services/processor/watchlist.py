"""Follow `watchlist.actors`: everything it holds before the first article, then each change between two articles.

Changes are put into the roster by the thread that reads the articles, some at a time, so that no article waits long and
none is read with half of an entry.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from itertools import count, islice

from pydantic import ValidationError

from schemas import Actor, NameDecision, Topic
from services.core.codec import as_unreadable
from services.core.errors import SightlineError
from services.core.following import CompactedTopic
from services.core.health import Health
from services.core.identity import is_decision
from services.core.logging import get_logger
from services.core.metrics import ProcessorMetrics
from services.core.settings import KafkaSettings
from services.processor.thread import DaemonThread
from services.watchlist.roster import Roster

_POLL_S = 0.25
_PAUSE_S = 2.0
_AT_ONCE = 100  # changes for which an article may wait: some milliseconds
# What the watchlist holds stays. To look through it for what nobody needs any more would take long, and halt articles:
# most of a second at 300,000 names, and it happens as they become many. So it is put aside after so many steps.
_FREEZE_EVERY = 10
_log = get_logger(__name__)


class WatchlistFollower:
    """A thread of its own, from `start` on until `stop` is set."""

    def __init__(  # noqa: PLR0913 - what it reads, what it changes, and whom it tells
        self,
        kafka: KafkaSettings,
        roster: Roster,
        reading: DaemonThread,
        metrics: ProcessorMetrics,
        health: Health,
        *,
        stop: threading.Event,
    ) -> None:
        """Describe it.

        Args:
            kafka: The cluster.
            roster: What is changed.
            reading: The thread that reads articles with it.
            metrics: Told what the watchlist holds.
            health: Told while it has not been read.
            stop: Ends it.
        """
        self._kafka = kafka
        self._roster = roster
        self._reading = reading
        self._metrics = metrics
        self._health = health
        self._stop = stop
        self._thread: threading.Thread | None = None
        self.read: Future[None] = Future()
        health.report("watchlist", "not read yet")

    def start(self) -> None:
        """Begin, unless it has begun; `read` is done once the whole watchlist is in the roster."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="watchlist", daemon=True)
            self._thread.start()

    def _follow(self) -> None:
        topic = self._open()
        if topic is None:
            return
        try:
            self._take(topic.values, topic)
            self._health.report("watchlist", None)
            self.read.set_result(None)
            while not self._stop.wait(_POLL_S):
                if changes := topic.poll():
                    self._take(changes, topic)
        finally:
            topic.close()

    def _open(self) -> CompactedTopic | None:
        while not self._stop.is_set():
            try:
                return CompactedTopic(self._kafka, Topic.WATCHLIST_ACTORS)
            except SightlineError as error:
                self._health.report("watchlist", str(error))
                _log.warning("watchlist_not_read", problem=str(error))
                self._stop.wait(_PAUSE_S)
        return None

    def _take(self, changes: Mapping[bytes, bytes | None], topic: CompactedTopic) -> None:
        started = time.monotonic()
        parsed = self._parsed(changes)
        for step in count():
            if not (some := tuple(islice(parsed, _AT_ONCE))):
                break
            self._reading.submit(partial(self._apply, some)).result()
            if step % _FREEZE_EVERY == 0:
                gc.freeze()
        self._show(topic)
        took_s = round(time.monotonic() - started, 2)
        told = {"version": self._roster.version, "changes": len(changes), "took_s": took_s}
        _log.info("watchlist", **told, entries=len(self._roster))
        if not len(self._roster):
            _log.warning("watchlist_empty", hint="load one with `sightline watchlist load`")

    def _parsed(self, changes: Mapping[bytes, bytes | None]) -> Iterator[Callable[[], None]]:
        """Yield for each change what puts it into the roster."""
        for key, value in changes.items():
            identity = key.decode("utf-8", "replace")
            try:
                if is_decision(key):
                    decision = None if value is None else NameDecision.model_validate_json(value)
                    yield partial(self._decide, identity, decision, value or b"")
                elif value is None:
                    yield partial(self._roster.remove, identity)
                else:
                    yield partial(self._roster.put, _read(identity, value), value)
            except (ValidationError, ValueError) as error:
                # The entry that is in force stays.
                problem = str(as_unreadable(error) if isinstance(error, ValidationError) else error)
                _log.error("watchlist_unreadable", key=identity, problem=problem)

    def _decide(self, key: str, decision: NameDecision | None, value: bytes) -> None:
        if decision is None:
            self._roster.undecide(key)
        else:
            self._roster.decide(decision, value)

    def _apply(self, changes: tuple[Callable[[], None], ...]) -> None:
        for change in changes:
            change()

    def _show(self, topic: CompactedTopic) -> None:
        self._metrics.show_watchlist(
            watched=self._roster.watched,
            known=len(self._roster) - self._roster.watched,
            names=self._roster.names,
            modified=topic.changed_at,
            version=self._roster.version,
        )


def _read(identity: str, value: bytes) -> Actor:
    actor = Actor.model_validate_json(value)
    if actor.id != identity:
        msg = f"the id is {actor.id!r}, and not the key"
        raise ValueError(msg)
    return actor
