"""Which words of one name are which of another, and how alike they are."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from services.watchlist.likeness.abjad import may_be_read
from services.watchlist.likeness.company_words import same_thing
from services.watchlist.likeness.latin import LatinWord, Script
from services.watchlist.spelling import standard_word

SAME = 0.95  # and above: another spelling of one word
_SOUND, _INITIAL, _ONE_LETTER = 0.9, 0.8, 0.6  # likeness of words that sound alike, of initials, of short words
_LEAST = 0.5  # likeness of words that may be one
_SHORT = 3  # letters: any two words of so few are alike by letters
_JOINED = 0.8  # likeness of two words to one
_JOINABLE = frozenset({"abd", "abw", "abu"})  # Abdullah, Abubakr
_REMEMBERED = 200_000
# Letters and groups that romanisations and ears exchange.
_SOUNDS = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        ("[kg]h", "h"), ("ph", "f"), ("ou|oo|w", "u"), ("ee|ei|ai|[yje]", "i"), ("o", "u"), ("ck|[qc]", "k"),
        ("z", "s"), ("dh", "d"), ("th", "t"), ("v", "f"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_VOWELS = re.compile("[aiuyw]")
_KOREAN = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        ("eo|ou", "o"), ("eu|oo", "u"), ("ae", "e"), ("ee", "i"), ("ch|j", "c"), ("g", "k"), ("b", "p"), ("d", "t"),
        ("r", "l"),
    )
)  # fmt: skip


class WordPair(NamedTuple):
    """Words of two names that are one: one of each, or two that the other name writes as one.

    Attributes:
        likeness: From 0.5 to 1.
        first: Indices of the words in the first name.
        second: Those in the second.
    """

    likeness: float
    first: tuple[int, ...]
    second: tuple[int, ...]


def pair_words(first: Sequence[LatinWord], second: Sequence[LatinWord], *, person: bool) -> list[WordPair]:
    """Return the pairs, the most alike first; each word is in at most one."""
    order = sorted(
        _candidates(first, second, person=person),
        key=lambda pair: (-pair.likeness, len(pair.first) + len(pair.second), abs(pair.first[0] - pair.second[0])),
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for pair in order:
        if taken[0].isdisjoint(pair.first) and taken[1].isdisjoint(pair.second):
            taken[0].update(pair.first)
            taken[1].update(pair.second)
            pairs.append(pair)
    return pairs


def _candidates(first: Sequence[LatinWord], second: Sequence[LatinWord], *, person: bool) -> Iterator[WordPair]:
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            ways: list[tuple[LatinWord, LatinWord, tuple[int, ...], tuple[int, ...]]] = [(one, other, (i,), (j,))]
            if i + 1 < len(first) and _may_join(one, other):
                ways.append((_joined(one, first[i + 1]), other, (i, i + 1), (j,)))
            if j + 1 < len(second) and _may_join(other, one):
                ways.append((one, _joined(other, second[j + 1]), (i,), (j, j + 1)))
            for left, right, at, there in ways:
                likeness = word_likeness(left, right, person=person)
                if likeness >= (_LEAST if len(at) == len(there) else _JOINED):
                    yield WordPair(likeness, at, there)


@lru_cache(_REMEMBERED)
def word_likeness(one: LatinWord, other: LatinWord, *, person: bool) -> float:
    """Return how alike two words are, from 0 to 1; for names of people or of others."""
    if one.text == other.text:
        return 1.0
    scripts = {one.script, other.script}
    if scripts == {Script.LETTERS}:
        return _by_letters(one.text, other.text, person=person)
    if scripts == {Script.ABJAD}:
        is_long = min(len(one.text), len(other.text)) > _SHORT + 1
        return _similarity(one.text, other.text) if is_long else 0.0
    if Script.SYLLABLE in scripts:
        return _SOUND * (_replaced(one.text, _KOREAN) == _replaced(other.text, _KOREAN))
    read, written = (one, other) if one.script is Script.ABJAD else (other, one)
    return _SOUND * may_be_read(read.text, written.text)


def _by_letters(one: str, other: str, *, person: bool) -> float:
    if _standard(one) == _standard(other) if person else same_thing(one, other):
        return SAME
    sizes = sorted((len(one), len(other)))
    if person and sizes[0] == 1:
        return _INITIAL * (one[0] == other[0])
    if one.isdigit() or other.isdigit():
        return 0.0
    sounds = _replaced(one, _SOUNDS), _replaced(other, _SOUNDS)
    if sizes[0] <= _SHORT:
        is_near = sizes[1] > _SHORT and OSA.distance(one, other) <= 1
        return _SOUND if sounds[0] == sounds[1] else _ONE_LETTER * is_near
    letters = _similarity(one, other)
    return max(letters, (letters + _similarity(*sounds)) / 2)


def _similarity(one: str, other: str) -> float:
    """From 0 to 1: one minus the edits in relation to the longer word."""
    return 1 - OSA.distance(one, other) / max(len(one), len(other), 1)


def sound_of(word: LatinWord) -> str:
    """Return what words that may be one have in common, nearly always: consonants, by their sound."""
    return _skeleton(_standard(word.text))


def _may_join(word: LatinWord, whole: LatinWord) -> bool:
    """Whether a word and the next may be one of another name; consonants of two are read like anything."""
    is_read = word.script is not whole.script and Script.ABJAD in {word.script, whole.script}
    return not is_read or word.text in _JOINABLE


def _joined(word: LatinWord, following: LatinWord) -> LatinWord:
    return LatinWord(word.text + following.text, following.script)


@lru_cache(_REMEMBERED)
def _standard(word: str) -> str:
    return standard_word(word.encode()).decode()


@lru_cache(_REMEMBERED)
def _skeleton(word: str) -> str:
    return _VOWELS.sub("", _replaced(word, _SOUNDS))


def _replaced(word: str, sounds: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for letters, sound in sounds:
        word = letters.sub(sound, word)
    return word
