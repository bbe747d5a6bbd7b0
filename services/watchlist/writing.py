"""Decide whether words of a text are written as a name is: what stands between them, their spelling and their case."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple
from unicodedata import combining

from schemas import ActorType, LinkMethod
from services.watchlist.boundaries import stands_alone
from services.watchlist.folding import plain
from services.watchlist.holding import Name
from services.watchlist.spelling import to_latin
from services.watchlist.words import Words, plain_word

_SHORT_CAPITALS = 3  # "UK" or "FSB" given as a name or alias is held to its exact case all the same
_WORD_BEFORE = re.compile(r"(\w+) $")
_WORD_AFTER = re.compile(r" (\w+)")
_NEIGHBOUR = 40  # code points looked at for a neighbouring word
# What may stand between two words of a name however it is listed, and between an initial and what follows.
_BETWEEN = frozenset({" ", "-", "'", ""})
_BEHIND_INITIAL = frozenset({".", ". "})
_LAYOUTS, _PIECES = 20_000, 50_000  # remembered


class Written(NamedTuple):
    """A name as it is written in a text: where, and as what kind of name it counts there."""

    start: int
    end: int
    method: LinkMethod


class Layout(NamedTuple):
    """Words in a row.

    Attributes:
        text: What they stand in.
        spans: Where each begins and ends there.
        words: The words, folded.
        between: What stands between them, folded: one less than there are words.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    between: tuple[str, ...]


class Reading:
    """A text that is looked through for names."""

    def __init__(self, text: str, words: Words) -> None:
        """Look through a text with these words."""
        self._text = text
        self._line = text.replace("\n", " ")  # a name may go on in the next line
        self._words = words

    def find(self, name: Name, firsts: Sequence[int]) -> Sequence[Written]:
        """Return where a name is written, in no order.

        Args:
            name: The name.
            firsts: Numbers of the words that it may begin with: from there on the text has the words of the name, or
                other spellings of them.
        """
        # Nearly always it is written as it is listed, and to find that takes a tenth of the time.
        alike = self._find_alike(name)
        if name.method is LinkMethod.ACRONYM or (len(name.text) <= _SHORT_CAPITALS and name.text.isupper()):
            return [written for written in alike if not _is_shouted_word(self._text, written.start, written.end)]
        if len(alike) >= len(firsts) and not name.text[0].islower():  # a single word needs a capital
            return alike
        return [written for first in firsts if (written := self._read(name, first))]

    def _find_alike(self, name: Name) -> list[Written]:
        """Where the text has the name to the letter."""
        line, listed = self._line, name.text
        found: list[Written] = []
        start = line.find(listed)
        while start >= 0:
            end = start + len(listed)
            if stands_alone(line, start, end):
                found.append(Written(start, end, name.method))
            start = line.find(listed, end)
        return found

    def _read(self, name: Name, first: int) -> Written | None:
        """The name as it is written from the word numbered `first` on, or None if it is written otherwise."""
        text, listed = self._text, layout_of(name.text)
        size = len(listed.words)
        if size == 1 and plain_word(self._words.listed[first]).decode("utf-8", "surrogatepass") != listed.words[0]:
            return None  # a surname alone, spelt otherwise, says too little
        there = _lay_out(text, self._words.spans(first, size))
        if not _is_joined_alike(there, listed):
            return None
        start, end = _bounds(there, listed)
        if not stands_alone(text, start, end) or not _has_capitals(there, listed):
            return None
        if there.words == listed.words:
            return Written(start, end, name.method)
        is_variant = _may_be_variant(there, listed, is_person=name.held.type is ActorType.PERSON)
        return Written(start, end, LinkMethod.VARIANT) if is_variant else None


@lru_cache(_LAYOUTS)
def layout_of(name: str) -> Layout:
    """Return how a name is laid out; it has at least one word."""
    words = Words(name)
    return _lay_out(name, words.spans(0, len(words.listed)))


def _lay_out(text: str, spans: tuple[tuple[int, int], ...]) -> Layout:
    return Layout(
        text,
        spans,
        tuple(map(_plain, (text[start:end] for start, end in spans))),
        tuple(map(_plain, (text[end:start] for (_, end), (start, _) in pairwise(spans)))),
    )


@lru_cache(_PIECES)
def _plain(piece: str) -> str:
    return plain(piece)


def _bounds(there: Layout, listed: Layout) -> tuple[int, int]:
    """Where the name begins and ends; it may do so with something else than a word: "U.S."."""
    start, end = there.spans[0][0], there.spans[-1][1]
    before, behind = listed.text[: listed.spans[0][0]], listed.text[listed.spans[-1][1] :]
    while not _plain(there.text[start]):  # what has no width is no part of the first word; marks are of the last
        start += 1
    while not _plain(there.text[end - 1]) and not combining(there.text[end - 1]):
        end -= 1
    if before and _plain(there.text[max(0, start - len(before)) : start]) == _plain(before):
        start -= len(before)
    if behind and _plain(there.text[end : end + len(behind)]) == _plain(behind):
        end += len(behind)
    return start, end


def _is_joined_alike(there: Layout, listed: Layout) -> bool:
    """Whether what stands between the words may stand there in this name."""
    for number, (start, end) in enumerate(there.spans[:-1]):
        between = there.between[number]
        is_behind_initial = end - start == 1 and between in _BEHIND_INITIAL
        if between not in _BETWEEN and between != listed.between[number] and not is_behind_initial:
            return False
    return True


def _may_be_variant(there: Layout, listed: Layout, *, is_person: bool) -> bool:
    """Whether words of another spelling may be the name: of a person, or if only the script differs."""
    pairs = zip(there.words, listed.words, strict=True)
    return is_person or all(to_latin(written.encode()) == to_latin(own.encode()) for written, own in pairs)


def _has_capitals(there: Layout, listed: Layout) -> bool:
    """Whether each word that the name capitalises has a capital in the text; a single word needs one in any case."""
    single = len(listed.spans) == 1
    for number, ((start, _), (own, _)) in enumerate(zip(there.spans, listed.spans, strict=True)):
        if not there.text[start].islower() or not (single or listed.text[own].isupper()):
            continue
        # Behind a hyphen that the list has not, none is needed: "Kim Jong-un" is Kim Jong Un.
        if not number or there.between[number - 1] != "-" or listed.between[number - 1] == "-":
            return False
    return True


def _is_shouted_word(text: str, start: int, end: int) -> bool:
    """Whether an everyday word stands in a run of capitals: "TELL US MORE" does not name the United States."""
    if text[start:end].lower() not in ordinary_words():
        return False
    before = _WORD_BEFORE.search(text[max(0, start - _NEIGHBOUR) : start])
    after = _WORD_AFTER.match(text[end : end + _NEIGHBOUR])
    neighbours = [match[1] for match in (before, after) if match]
    return bool(neighbours) and all(word.isupper() and len(word) > 1 for word in neighbours)


@cache
def ordinary_words() -> frozenset[str]:
    """Names that are everyday English words too, lower case."""
    lines = (resources.files("services.watchlist") / "data" / "ordinary_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
