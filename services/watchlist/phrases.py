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
_LONGEST = 1 << 20  # bytes of a word: more than any has
_COMMON = 100_000  # more than any but the commonest words is counted
_END = b""  # no word


@dataclass(slots=True, eq=False)
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


# Phrases that share a word, by the one that they are told apart by; single words, by themselves.
_Table = dict[bytes, tuple[Phrase[Item], ...]]
# The same with where the other word stands from the shared one: 1 is behind it, -1 before it, 0 it itself.
_Found = tuple[tuple[int, _Table[Item]], ...]


class _Tables(Generic[Item]):
    """The phrases whose rarest word is written with a capital, or those where it is not.

    Attributes:
        single: Those of one word.
        by_word: By how far from the rarest word the one stands that they are told apart by, and then by the rarest.
    """

    def __init__(self) -> None:
        self.single: _Table[Item] = {}
        self.by_word: dict[int, dict[bytes, _Table[Item]]] = {1: {}, -1: {}}

    def of(self, word: bytes) -> Iterator[tuple[int, _Table[Item]]]:
        """Yield those that have this word as their rarest."""
        if word in self.single:
            yield 0, self.single
        for step, tables in self.by_word.items():
            if word in tables:
                yield step, tables[word]


class Phrases(Generic[Item]):
    """A set of phrases. Not for several threads at a time."""

    def __init__(self, counts: Mapping[bytes, int], standard: Callable[[bytes], bytes]) -> None:
        """Begin with none.

        Args:
            counts: How often words stand in ordinary text, by the spelling in which they are compared; always the same.
            standard: The spelling in which words are compared; the same each time.
        """
        self._standard = standard
        self._weighed = _Weighed(counts, standard)
        self._tables: dict[bool, _Tables[Item]] = {True: _Tables(), False: _Tables()}  # by whether with a capital
        self._seen = _Seen(self._tables, standard)

    def add(self, words: Sequence[bytes], item: Item) -> None:
        """Let these words, at least one, stand for `item` too.

        A word that begins with a capital here is found only where it does not begin with an ASCII small letter.
        """
        standard, at, step = self._read(words)
        table, other = self._table(words, standard, at, step), standard[at + step]
        near = table.get(other, ())
        for phrase in near:
            if phrase.words == standard:
                phrase.items = (*phrase.items, item)
                return
        if not step or not table:
            self._seen.clear()
        table[other] = (*near, Phrase(standard, at, (item,)))

    def discard(self, words: Sequence[bytes], is_meant: Callable[[Item], bool]) -> None:
        """Let these words stand no more for the items that are meant."""
        standard, at, step = self._read(words)
        table, other = self._table(words, standard, at, step), standard[at + step]
        near = table.pop(other, ())
        for phrase in near:
            if phrase.words == standard:
                phrase.items = tuple(item for item in phrase.items if not is_meant(item))
        if left := tuple(phrase for phrase in near if phrase.items):
            table[other] = left
            return
        self._seen.clear()
        if step and not table:
            del self._tables[_is_capital(words[at])].by_word[step][standard[at]]

    def find(self, words: Sequence[bytes]) -> Mapping[Phrase[Item], Sequence[int]]:
        """Return every phrase in `words`, overlapping ones too, with the indices of its first word in no order."""
        found = list(map(self._seen.__getitem__, words))
        standard = self._standard
        bounded = [*words, _END]  # at -1 too
        hits: dict[Phrase[Item], list[int]] = {}
        # Most words lead nowhere, and most of those that lead somewhere do not have the neighbour that is looked for.
        for index, tables in compress(enumerate(found), found):
            for step, table in tables:
                for phrase in table.get(standard(bounded[index + step]), ()):
                    first, size = index - phrase.at, len(phrase.words)
                    if size <= 2 or (first >= 0 and tuple(map(standard, words[first : first + size])) == phrase.words):
                        hits.setdefault(phrase, []).append(first)
        return hits

    def _read(self, words: Sequence[bytes]) -> tuple[Words, int, int]:
        """The words as they are compared, which of them is the rarest, and how far the other is from there."""
        weighed = list(map(self._weighed.__getitem__, words))
        at = weighed.index(min(weighed))
        step = 0 if len(words) == 1 else 1 if at + 1 < len(words) else -1
        return tuple([word for _, word in weighed]), at, step

    def _table(self, words: Sequence[bytes], standard: Words, at: int, step: int) -> _Table[Item]:
        tables = self._tables[_is_capital(words[at])]
        if not step:
            return tables.single
        by_word, rarest = tables.by_word[step], standard[at]
        table = by_word.get(rarest)
        if table is None:
            table = by_word[rarest] = {}
        return table


class _Weighed(dict[bytes, tuple[int, bytes]]):
    """For each word, its spelling to compare, behind a number that is less the rarer it is, or else the longer."""

    def __init__(self, counts: Mapping[bytes, int], standard: Callable[[bytes], bytes]) -> None:
        self._counts = counts
        self._standard = standard
        self._pool: dict[bytes, bytes] = {}  # one object for equal words: there are many

    def __missing__(self, word: bytes) -> tuple[int, bytes]:
        if len(self) > _REMEMBERED:
            self.clear()
        standard = self._standard(word)
        standard = self._pool.setdefault(standard, standard)
        # Numbers are all common, be one of them rare.
        count = _COMMON if standard.isdigit() else self._counts.get(standard, 0)
        self[word] = weighed = count * _LONGEST - len(standard), standard
        return weighed


class _Seen(dict[bytes, _Found[Item]], Generic[Item]):
    """For each word of a text that was seen, the phrases whose rarest it is: one look-up instead of six.

    Tables with the place of their words from there; nothing where the word leads nowhere.
    """

    def __init__(self, tables: Mapping[bool, _Tables[Item]], standard: Callable[[bytes], bytes]) -> None:
        self._tables = tables
        self._standard = standard

    def __missing__(self, word: bytes) -> _Found[Item]:
        if len(self) > _REMEMBERED:
            self.clear()
        standard = self._standard(word)
        cases = (False,) if b"a" <= word[:1] <= b"z" else (True, False)
        self[word] = found = tuple(place for case in cases for place in self._tables[case].of(standard))
        return found


def _is_capital(word: bytes) -> bool:
    first = word[:1]
    return b"A" <= first <= b"Z" or (first > b"\x7f" and word.decode("utf-8", "surrogatepass")[0].isupper())
