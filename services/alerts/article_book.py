"""Enriched articles in, retractions out: what a corrected article no longer says is taken back.

The co-occurrences of an article lie in many partitions, and one that is gone leaves no message there. So whoever has
the article's own partition remembers its pairs, and writes a retraction for each that a later revision lacks.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from pydantic import Field, ValidationError

from schemas import ArticleState, Retraction, Topic
from schemas.base import Message
from services.alerts.memory import Change, Memory, Size, Stored
from services.alerts.work import Work, arrival_time, require_utf8, set_aside
from services.core.codec import as_unreadable, encode
from services.core.dead_letters import Received
from services.core.headers import ARTICLE_TIME, event_headers, format_time
from services.core.identity import cooccurrence_id, pair_key
from services.core.outputs import Output

_AT_ONCE = 1000  # articles forgotten in one transaction


class _ActorId(Message):
    actor_id: str


class _Pair(Message):
    actors: tuple[_ActorId, _ActorId]


class _ArticleId(Message):
    id: str


class _Enriched(Message):
    """What counts here of an enriched article."""

    article: _ArticleId
    cooccurrences: tuple[_Pair, ...] = Field(default=())


class ArticleBook:
    """Remembers which watched pairs each article brings together."""

    source = Topic.ARTICLES_ENRICHED
    state = Topic.ALERTS_ARTICLES

    def __init__(self, remember: timedelta, on_unreadable: Callable[[str, str], None]) -> None:
        """Start with nothing.

        Args:
            remember: How long after its last revision an article is remembered.
            on_unreadable: Told key and problem of each state that cannot be read and is set aside.
        """
        self._remember = remember
        self._memory: Memory[ArticleState] = Memory(self.state, ArticleState.model_validate_json, on_unreadable)

    def size(self) -> Size:
        """Return how much is remembered."""
        return self._memory.size()

    def restore(self, partition: int, states: dict[str, Stored]) -> None:
        """Take in the states of a partition that is ours now."""
        self._memory.restore(partition, states)

    def forget(self, partition: int) -> None:
        """Drop those of a partition that is somebody else's."""
        self._memory.forget(partition)

    def refresh(self) -> None:
        """Nothing else decides what is taken back."""

    def work_on(self, received: Received, written_at: datetime) -> Work:
        """Return what follows from a message; never raises because of what it holds."""
        try:
            enriched = _decode(received.value)
        except Exception as error:  # noqa: BLE001 - one message that we fail on must not stop the others: it is set aside
            return set_aside(received, error, self.source, failed_at=written_at)
        arrived_at, article = arrival_time(received, written_at), enriched.article.id
        known = self._memory.get(received.partition, article)
        pairs = tuple((pair.actors[0].actor_id, pair.actors[1].actor_id) for pair in enriched.cooccurrences)
        if (known is None and not pairs) or (known is not None and known.arrived_at >= arrived_at):
            return Work(repeats=int(known is not None))
        gone = () if known is None else tuple(pair for pair in known.pairs if pair not in pairs)
        self._memory.change(
            received.partition,
            article,
            # Remembered without any pair too: an earlier revision may be read once more, and must count as such.
            Change(ArticleState(arrived_at=arrived_at, pairs=pairs), arrived_at + self._remember, ""),
        )
        return Work(
            tuple(_retraction(Retraction(article_id=article, actor_ids=pair, arrived_at=arrived_at)) for pair in gone)
        )

    def tick(self, partition: int, now: datetime) -> list[Work]:
        """Forget articles whose time is over."""
        for article in self._memory.due(partition, now.timestamp(), _AT_ONCE):
            known = self._memory.get(partition, article)
            due = None if known is None else known.arrived_at + self._remember
            over = due is None or due <= now
            self._memory.change(partition, article, Change(None if over else known, None if over else due, ""))
        return []

    def states(self) -> list[Output]:
        """Return the states that all of this changed."""
        return self._memory.outputs()

    def keep(self, written: Iterable[Output]) -> None:
        """Make the changes last."""
        self._memory.keep(written)

    def take_back(self) -> None:
        """Drop the changes."""
        self._memory.take_back()


def _decode(raw: bytes | None) -> _Enriched:
    try:
        return _Enriched.model_validate_json(require_utf8(raw))
    except ValidationError as error:
        raise as_unreadable(error) from error


def _retraction(retraction: Retraction) -> Output:
    headers = event_headers(
        kind="retraction",
        source="alerts",
        event_id=f"{cooccurrence_id(retraction.article_id, retraction.actor_ids)}-retracted",
        subject=retraction.article_id,
        time=retraction.arrived_at,
    )
    headers.append((ARTICLE_TIME, format_time(retraction.arrived_at).encode()))
    key = pair_key(retraction.actor_ids)
    return Output(Topic.ACTORS_COOCCURRENCES, key.encode(), encode(retraction), headers)
