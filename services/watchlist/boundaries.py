"""Decide whether a stretch of text stands as a word of its own."""

import re
from functools import cache
from unicodedata import category

_APOSTROPHES = frozenset("'\u2019\u2018\u02bc\u2032\uff07`\u00b4")
_PLAIN = frozenset((" ", "\n", ","))  # what always is a boundary, and most are
_POSSESSIVE = re.compile(r"[sS](?!\w)")
_DOMAIN = re.compile(r"\.[a-z]{2}")
# Scripts that put no spaces between words (Hangul attaches its particles): every letter is a boundary there.
UNSPACED = (  # as ranges of a character class
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")


@cache
def is_word_char(char: str) -> bool:
    """Whether `char` is a letter, digit or mark: something that a word goes on with."""
    return char.isalnum() or char == "_" or category(char).startswith("M")


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is not part of a longer word.

    A possessive ('Putin's'), a hyphen ('Belarus-China', 'U.S.-led') and a quote are boundaries. An apostrophe inside
    a word ("Xi'an", "O'Brien"), a domain ('huawei.com') and a currency ('US$') are not.
    """
    return (text[start - 1 : start] in _PLAIN or _starts(text, start)) and (
        text[end : end + 1] in _PLAIN or _ends(text, end)
    )


def _starts(text: str, start: int) -> bool:
    if start == 0:
        return True
    before = text[start - 1]
    if is_word_char(before):
        return bool(_UNSPACED.match(text[start]) or _UNSPACED.match(before))
    if start == 1:
        return True
    return not (before in _APOSTROPHES and text[start - 2].isalpha()) and not (
        before == "." and text[start - 2].islower()
    )


def _ends(text: str, end: int) -> bool:
    if end >= len(text):
        return True
    after = text[end]
    if is_word_char(after):
        return bool(_UNSPACED.match(text[end - 1]) or _UNSPACED.match(after))
    if after in _APOSTROPHES and text[end + 1 : end + 2].isalpha():
        return _POSSESSIVE.match(text, end + 1) is not None
    return after != "$" and _DOMAIN.match(text, end) is None
