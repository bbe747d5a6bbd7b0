"""Write the words of a name in plain Latin letters, and remember what their script leaves open."""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

from services.watchlist.boundaries import is_word_char
from services.watchlist.folding import plain
from services.watchlist.spelling import to_latin

_APOSTROPHE = "'"
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")  # L.L.C.
# Hebrew and Arabic, whose vowels are mostly not written; Han and Hangul, each letter a syllable; all others.
_PIECE = re.compile(
    "(?P<abjad>[\u0590-\u06ff\u0750-\u077f\ufb1d-\ufdff\ufe70-\ufefc]+)|(?P<syllable>[\u3400-\u9fff\uac00-\ud7af])|"
    "(?P<letters>[^\u0590-\u06ff\u0750-\u077f\ufb1d-\ufdff\ufe70-\ufefc\u3400-\u9fff\uac00-\ud7af]+)"
)
_ALEF = re.compile(
    "\u0627|^[\u0639\u05d0\u05e2]"
)  # and ayn at the beginning, where a vowel follows; left out otherwise
_OTHER = re.compile("[^a-z0-9]")
_REMEMBERED = 100_000


class Script(Enum):
    """What the script of a word tells of it."""

    LETTERS = "letters"
    ABJAD = "abjad"  # consonants
    SYLLABLE = "syllable"  # one, by itself


class LatinWord(NamedTuple):
    """A word in plain Latin letters and digits, lower case; at least one."""

    text: str
    script: Script


@lru_cache(_REMEMBERED)
def latin_words(name: str) -> tuple[LatinWord, ...]:
    """Return the words of a name: "Путин" is putin, "习近平" is xi, jin, ping, and "AT&T" is at, and, t."""
    text = plain(_DOTTED.sub("", name).replace("&", " and ")).replace(_APOSTROPHE, "")
    spaced = "".join(char if is_word_char(char) else " " for char in text)
    words = []
    for piece in (match for chunk in spaced.split() for match in _PIECE.finditer(chunk)):
        letters = _OTHER.sub("", anyascii(_ALEF.sub("a", to_latin(piece[0].encode()).decode())).lower())
        if letters:
            words.append(LatinWord(letters, Script(piece.lastgroup)))
    return tuple(words)
