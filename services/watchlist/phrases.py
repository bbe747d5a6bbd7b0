"""Find phrases in the words of a text: any number of them at once, and each added or taken out at any time.

A phrase is looked for where its rarest word stands, so that common words cost nothing. As with an automaton, the time a
text takes hardly grows with the number of phrases; unlike there, a change costs no more than what changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Words = tuple[bytes, ...]

_REMEMBERED = 200_000  # words
_LONGEST = 1 << 20  # bytes of a word: more than any has
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


# By their rarest word, and then by one of its neighbours: the phrases that share both.
_Table = dict[bytes, dict[bytes, tuple[Phrase[Item], ...]]]
_NONE: dict[bytes, tuple[Phrase[Any], ...]] = {}


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
        self._by_next: _Table[Item] = {}  # by the word behind the rarest; there is none behind a single word
        self._by_previous: _Table[Item] = {}  # where the rarest is the last: by the word before it
        self._seen = _Seen(self._by_next, self._by_previous, standard)

    def add(self, words: Sequence[bytes], item: Item) -> None:
        """Let these words, at least one, stand for `item` too."""
        standard = tuple(map(self._standard, words))
        at = self._rarest(standard)
        table, neighbour = self._place(standard, at)
        neighbours = table.get(standard[at])
        if neighbours is None:
            neighbours = table[standard[at]] = {}
            self._seen.clear()
        near = neighbours.get(neighbour, ())
        for phrase in near:
            if phrase.words == standard:
                phrase.items = (*phrase.items, item)
                return
        phrase = Phrase(tuple(map(self._pool.setdefault, standard, standard)), at, (item,))
        neighbours[neighbour] = (*near, phrase)

    def discard(self, words: Sequence[bytes], is_meant: Callable[[Item], bool]) -> None:
        """Let these words stand no more for the items that are meant."""
        standard = tuple(map(self._standard, words))
        at = self._rarest(standard)
        table, neighbour = self._place(standard, at)
        neighbours = table.get(standard[at], {})
        near = neighbours.pop(neighbour, ())
        for phrase in near:
            if phrase.words == standard:
                phrase.items = tuple(item for item in phrase.items if not is_meant(item))
        if left := tuple(phrase for phrase in near if phrase.items):
            neighbours[neighbour] = left
        elif not neighbours and table.pop(standard[at], None) is not None:
            self._seen.clear()

    def find(self, words: Sequence[bytes]) -> Iterator[tuple[int, Phrase[Item]]]:
        """Yield every phrase in `words`, overlapping ones too, with the index of its first word."""
        found = list(map(self._seen.__getitem__, words))
        standard, last, none = self._standard, len(words) - 1, ()
        # Most words lead nowhere, and most of those that lead somewhere do not have the neighbour that is looked for.
        for index, tables in compress(enumerate(found), found):
            by_next, by_previous = tables
            near: tuple[Phrase[Item], ...] = none
            if by_next:
                near = by_next.get(_END, none)
                if index < last:
                    near += by_next.get(standard(words[index + 1]), none)
            if by_previous and index:
                near += by_previous.get(standard(words[index - 1]), none)
            for phrase in near:
                start = index - phrase.at
                if start >= 0 and tuple(map(standard, words[start : start + len(phrase.words)])) == phrase.words:
                    yield start, phrase

    def _place(self, words: Words, at: int) -> tuple[_Table[Item], bytes]:
        """In which table a phrase stands, and under which neighbour of its rarest word."""
        if len(words) == 1:
            return self._by_next, _END
        return (self._by_next, words[at + 1]) if at + 1 < len(words) else (self._by_previous, words[at - 1])

    def _rarest(self, words: Words) -> int:
        """The place of the rarest word, of several the longest."""
        count = self._count
        weights = [count(word, 0) * _LONGEST - len(word) for word in words]
        return weights.index(min(weights))


class _Seen(dict[bytes, tuple[Mapping[bytes, tuple[Phrase[Item], ...]], ...]], Generic[Item]):
    """For each word of a text that was seen, the phrases whose rarest it is: one look-up instead of three.

    Two tables, those by the next and by the previous word; nothing where the word leads nowhere.
    """

    def __init__(self, by_next: _Table[Item], by_previous: _Table[Item], standard: Callable[[bytes], bytes]) -> None:
        self._by_next = by_next
        self._by_previous = by_previous
        self._standard = standard

    def __missing__(self, word: bytes) -> tuple[Mapping[bytes, tuple[Phrase[Item], ...]], ...]:
        if len(self) > _REMEMBERED:
            self.clear()
        standard = self._standard(word)
        tables = self._by_next.get(standard, _NONE), self._by_previous.get(standard, _NONE)
        self[word] = found = tables if any(tables) else ()
        return found
