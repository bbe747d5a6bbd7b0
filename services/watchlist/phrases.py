"""Find phrases in the words of a text: any number of them at once, and each added or taken out at any time.

A phrase is looked for where its rarest word stands, so that common words cost nothing. As with an automaton, the time a
text takes hardly grows with the number of phrases; unlike there, a change costs no more than what changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Generic, TypeVar

Item = TypeVar("Item")
Words = tuple[bytes, ...]

_REMEMBERED = 200_000  # words
_END = b""  # no word


@dataclass(slots=True)
class Phrase(Generic[Item]):
    """Words that follow one another, and what they stand for.

    Attributes:
        words: At least one.
        at: Index of the rarest.
        items: What they stand for, in the order of adding.
    """

    words: Words
    at: int
    items: tuple[Item, ...]


@dataclass(slots=True)
class _Bucket(Generic[Item]):
    """Phrases that have the same rarest word: by the word behind that; where there is none, by the word before it."""

    by_next: dict[bytes, tuple[Phrase[Item], ...]] | None = None  # a single word has no word behind it
    by_previous: dict[bytes, tuple[Phrase[Item], ...]] | None = None

    def get(self, words: Words, at: int) -> tuple[Phrase[Item], ...]:
        """Return the phrases that share the rarest word of these words, and its neighbour."""
        neighbours, neighbour = self._place(words, at)
        return (neighbours or {}).get(neighbour, ())

    def put(self, words: Words, at: int, phrases: tuple[Phrase[Item], ...]) -> None:
        """Put these in the place of those that `get` returns."""
        neighbours, neighbour = self._place(words, at)
        if neighbours is None:
            neighbours = {}
            if at + 1 < len(words) or len(words) == 1:
                self.by_next = neighbours
            else:
                self.by_previous = neighbours
        if phrases:
            neighbours[neighbour] = phrases
        else:
            neighbours.pop(neighbour, None)

    def _place(self, words: Words, at: int) -> tuple[dict[bytes, tuple[Phrase[Item], ...]] | None, bytes]:
        if len(words) == 1:
            return self.by_next, _END
        if at + 1 < len(words):
            return self.by_next, words[at + 1]
        return self.by_previous, words[at - 1]


class Phrases(Generic[Item]):
    """A set of phrases. Not for several threads at a time."""

    def __init__(self, counts: Mapping[bytes, int], standard: Callable[[bytes], bytes]) -> None:
        """Begin with none.

        Args:
            counts: How often words stand in ordinary text; always the same.
            standard: The spelling in which words are compared; the same each time.
        """
        self._count = counts.get
        self._standard = standard
        self._pool: dict[bytes, bytes] = {}  # one object for equal words: there are many
        self._by_word: dict[bytes, _Bucket[Item]] = {}
        self._seen = _Seen(self._by_word, standard)

    def add(self, words: Sequence[bytes], item: Item) -> None:
        """Let these words, at least one, stand for `item` too."""
        standard = tuple(map(self._standard, words))
        at = self._rarest(standard)
        bucket = self._by_word.get(standard[at])
        if bucket is None:
            bucket = self._by_word[standard[at]] = _Bucket()
            self._seen.clear()
        near = bucket.get(standard, at)
        for phrase in near:
            if phrase.words == standard:
                phrase.items = (*phrase.items, item)
                return
        phrase = Phrase(tuple(map(self._pool.setdefault, standard, standard)), at, (item,))
        bucket.put(standard, at, (*near, phrase))

    def discard(self, words: Sequence[bytes], is_meant: Callable[[Item], bool]) -> None:
        """Let these words stand no more for the items that are meant."""
        standard = tuple(map(self._standard, words))
        at = self._rarest(standard)
        bucket = self._by_word.get(standard[at])
        if bucket is None:
            return
        near = bucket.get(standard, at)
        for phrase in near:
            if phrase.words == standard:
                phrase.items = tuple(item for item in phrase.items if not is_meant(item))
        bucket.put(standard, at, tuple(phrase for phrase in near if phrase.items))
        if not bucket.by_next and not bucket.by_previous:
            del self._by_word[standard[at]]
            self._seen.clear()

    def find(self, words: Sequence[bytes]) -> Iterator[tuple[int, Phrase[Item]]]:
        """Yield every phrase in `words`, overlapping ones too, with the index of its first word."""
        buckets = list(map(self._seen.__getitem__, words))
        standard, last, none = self._standard, len(words) - 1, ()
        # Most words lead nowhere, and most of those that lead somewhere do not have the neighbour that is looked for.
        for index, bucket in compress(enumerate(buckets), buckets):
            if bucket is None:
                continue
            near: tuple[Phrase[Item], ...] = none
            if bucket.by_next:
                near = bucket.by_next.get(_END, none)
                if index < last:
                    near += bucket.by_next.get(standard(words[index + 1]), none)
            if bucket.by_previous and index:
                near += bucket.by_previous.get(standard(words[index - 1]), none)
            for phrase in near:
                start = index - phrase.at
                if start >= 0 and tuple(map(standard, words[start : start + len(phrase.words)])) == phrase.words:
                    yield start, phrase

    def _rarest(self, words: Words) -> int:
        """The place of the rarest word, of several the longest."""
        count = self._count
        counts = [count(word, 0) for word in words]
        least = min(counts)
        at = counts.index(least)
        if counts.count(least) > 1:
            at = max((index for index, each in enumerate(counts) if each == least), key=lambda n: len(words[n]))
        return at


class _Seen(dict[bytes, "_Bucket[Item] | None"], Generic[Item]):
    """For each word of a text that was seen, the phrases whose rarest it is: one look-up instead of two."""

    def __init__(self, by_word: Mapping[bytes, "_Bucket[Item]"], standard: Callable[[bytes], bytes]) -> None:
        self._by_word = by_word
        self._standard = standard

    def __missing__(self, word: bytes) -> "_Bucket[Item] | None":
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = found = self._by_word.get(self._standard(word))
        return found
