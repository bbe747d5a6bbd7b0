"""What a loop remembers: encoded states by partition and key, when each is due, and changes that may be taken back."""

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from pydantic import ValidationError

from schemas import Topic
from schemas.base import Message
from services.core.codec import as_unreadable, encode
from services.core.dead_letters import Received, dead_letter_headers
from services.core.headers import Headers, read_header
from services.core.outputs import Output

DUE = "sightline.due"  # header of a state: when time alone will change it
GROUP = "sightline.group"  # header of a state: what it is looked up by, besides its key
_DECODED = 20_000
_KIBIBYTE = 1024

S = TypeVar("S", bound=Message)


@dataclass(frozen=True, slots=True)
class Stored:
    """A state as it stands in its topic."""

    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = ""  # on the cluster
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is remembered.

    Attributes:
        states: How many.
        total_bytes: Of all of them, as they are written.
        largest_bytes: Of the largest, rounded up to a kibibyte.
    """

    states: int
    total_bytes: int
    largest_bytes: int


@dataclass(slots=True)
class _Shelf:
    """The states of one partition."""

    stored: dict[str, bytes] = field(default_factory=dict)
    total_bytes: int = 0
    kibibytes: dict[int, int] = field(default_factory=dict)  # how many states there are of each size, rounded up
    origin: dict[str, tuple[str, int]] = field(default_factory=dict)  # topic and offset of what was restored
    due: dict[str, float] = field(default_factory=dict)
    queue: list[tuple[float, str]] = field(default_factory=list)
    groups: dict[str, set[str]] = field(default_factory=dict)
    group_of: dict[str, str] = field(default_factory=dict)

    def plan(self, key: str, at: float | None) -> None:
        if at is None:
            self.due.pop(key, None)
        elif self.due.get(key) != at:
            self.due[key] = at
            heapq.heappush(self.queue, (at, key))

    def put(self, key: str, value: bytes | None, group: str) -> None:
        self._weigh(self.stored.get(key), -1)
        self._weigh(value, 1)
        if value is None:
            self.stored.pop(key, None)
            self.groups.get(self.group_of.pop(key, ""), set()).discard(key)
            return
        self.stored[key] = value
        self.group_of[key] = group
        self.groups.setdefault(group, set()).add(key)

    def _weigh(self, value: bytes | None, count: int) -> None:
        if value is None:
            return
        self.total_bytes += count * len(value)
        step = -(-len(value) // _KIBIBYTE)
        if left := self.kibibytes.get(step, 0) + count:
            self.kibibytes[step] = left
        else:
            del self.kibibytes[step]


@dataclass(frozen=True, slots=True)
class Change(Generic[S]):
    """What becomes of a state; None: nothing needs to be remembered."""

    state: S | None
    due: datetime | None
    group: str


class Memory(Generic[S]):
    """States of the partitions that this instance has. Changes count for later reads at once, and last on `keep`."""

    def __init__(
        self,
        topic: Topic,
        decode: Callable[[bytes], S],
        on_unreadable: Callable[[str, str], None],
        write: Callable[[S], bytes] = encode,
    ) -> None:
        """Start with nothing.

        Args:
            topic: Where the states are written.
            decode: Reads a state, or raises a ValidationError.
            on_unreadable: Told key and problem of a state that cannot be read; it becomes a dead letter.
            write: What `decode` reads.
        """
        self._topic = topic
        self._decode = decode
        self._on_unreadable = on_unreadable
        self._write = write
        self._letters: list[Output] = []
        self._shelves: dict[int, _Shelf] = {}
        self._decoded: OrderedDict[tuple[int, str], S] = OrderedDict()
        self._changes: dict[tuple[int, str], Change[S]] = {}
        self._changed: dict[tuple[int, str], set[str]] = {}  # keys by partition and group

    def size(self) -> Size:
        """Return how much is remembered, changes apart; quick, however much that is."""
        shelves = self._shelves.values()
        largest = max((step for shelf in shelves for step in shelf.kibibytes), default=0)
        return Size(
            sum(len(shelf.stored) for shelf in shelves),
            sum(shelf.total_bytes for shelf in shelves),
            largest * _KIBIBYTE,
        )

    @property
    def partitions(self) -> Iterable[int]:
        """The partitions whose states are here."""
        return self._shelves.keys()

    def restore(self, partition: int, states: Mapping[str, Stored]) -> None:
        """Take in the states of a partition; one that does not say when it is due is due at once."""
        shelf = self._shelves[partition] = _Shelf()
        for key, stored in states.items():
            shelf.put(key, stored.value, read_header(stored.headers, GROUP) or "")
            shelf.origin[key] = (stored.topic, stored.offset)
            shelf.plan(key, _epoch(read_header(stored.headers, DUE)))

    def forget(self, partition: int) -> None:
        """Drop what belongs to a partition that is somebody else's now."""
        self._shelves.pop(partition, None)
        for place in [place for place in self._decoded if place[0] == partition]:
            del self._decoded[place]

    def get(self, partition: int, key: str) -> S | None:
        """Return a state with all changes so far; one that cannot be read is set aside, and then there is none."""
        place = (partition, key)
        change = self._changes.get(place)
        if change is not None:
            return change.state
        known = self._decoded.get(place)
        if known is not None:
            self._decoded.move_to_end(place)
            return known
        shelf = self._shelves.get(partition)
        raw = None if shelf is None else shelf.stored.get(key)
        if raw is None:
            return None
        try:
            return self._cache(place, self._decode(raw))
        except ValidationError as error:
            self._set_aside(partition, key, raw, error)
            return None

    def keys(self, partition: int, group: str) -> set[str]:
        """Return the keys of a group, those of changes included."""
        shelf = self._shelves.get(partition)
        known = set() if shelf is None else shelf.groups.get(group, set())
        return known | self._changed.get((partition, group), set())

    def change(self, partition: int, key: str, change: Change[S]) -> None:
        """Note what becomes of a state."""
        self._changes[partition, key] = change
        self._changed.setdefault((partition, change.group), set()).add(key)

    def due(self, partition: int, now: float, limit: int) -> Iterator[str]:
        """Yield up to `limit` keys that are due at `now` (seconds of the epoch) or before, most overdue first.

        A key that is yielded is not due any more unless a change is kept or taken back.
        """
        shelf = self._shelves.get(partition)
        while shelf is not None and limit and shelf.queue and shelf.queue[0][0] <= now:
            at, key = heapq.heappop(shelf.queue)
            if shelf.due.get(key) == at:
                limit -= 1
                yield key

    def is_planned(self, partition: int, key: str, due: datetime | None) -> bool:
        """Whether a key is due at that time, or will be once the changes last."""
        change = self._changes.get((partition, key))
        if change is not None:
            return change.due == due
        shelf = self._shelves.get(partition)
        at = None if shelf is None else shelf.due.get(key)
        return at == (None if due is None else due.timestamp())

    def make_due(self, matches: Callable[[str], bool]) -> None:
        """Make every key that matches due at once."""
        for shelf in self._shelves.values():
            for key in shelf.stored:
                if matches(key):
                    shelf.plan(key, 0.0)

    def outputs(self) -> list[Output]:
        """Return what is to be written for the changes: one record a key, however often it changed."""
        return [*self._letters, *self._states()]

    def _states(self) -> Iterator[Output]:
        for (partition, key), change in self._changes.items():
            headers: Headers = [(GROUP, change.group.encode())]
            if change.due is not None:
                headers.append((DUE, change.due.isoformat().encode()))
            value = None if change.state is None else self._write(change.state)
            # In the partition that the input came from: whoever is assigned that one restores this one.
            yield Output(self._topic, _key(key), value, headers if value is not None else [], partition)

    def keep(self, written: Iterable[Output]) -> None:
        """Make the changes last, as they were written."""
        for output in written:
            if output.topic is not self._topic:
                continue
            key, partition = name_of(output.key or b""), output.partition or 0
            change, shelf = self._changes[partition, key], self._shelves.get(partition)
            if shelf is None:
                continue
            shelf.put(key, output.value, change.group)
            shelf.plan(key, None if change.due is None else change.due.timestamp())
            if change.state is None:
                self._decoded.pop((partition, key), None)
            else:
                self._cache((partition, key), change.state)
        self._clear()

    def take_back(self) -> None:
        """Drop the changes."""
        for partition, key in self._changes:
            self._put_off(partition, key)
        self._clear()

    def _clear(self) -> None:
        self._changes.clear()
        self._changed.clear()
        self._letters.clear()

    def _set_aside(self, partition: int, key: str, raw: bytes, error: ValidationError) -> None:
        problem = as_unreadable(error)
        self._on_unreadable(key, str(problem))
        topic, offset = self._shelves[partition].origin.get(key, (self._topic.value, 0))
        received = Received(topic, partition, offset, _key(key), raw)
        headers = dead_letter_headers(received, problem, failed_at=datetime.now(UTC))
        self._letters.append(Output(self._topic.dead_letter, _key(key), raw, headers))
        self.change(partition, key, Change(None, None, ""))

    def _put_off(self, partition: int, key: str) -> None:
        """Make a key that `due` may have yielded due again, at the time that stands for it."""
        shelf = self._shelves.get(partition)
        if shelf is not None and key in shelf.due:
            heapq.heappush(shelf.queue, (shelf.due[key], key))

    def _cache(self, place: tuple[int, str], state: S) -> S:
        self._decoded[place] = state
        if len(self._decoded) > _DECODED:
            self._decoded.popitem(last=False)
        return state


def _epoch(moment: str | None) -> float:
    """Seconds of the epoch; 0 for what is no time, so that it is looked at."""
    try:
        return datetime.fromisoformat(moment or "").timestamp()
    except ValueError:
        return 0.0


def name_of(key: bytes) -> str:
    """Return the name of a key; one that nobody of ours wrote has a name too."""
    return key.decode("utf-8", "surrogateescape")


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
