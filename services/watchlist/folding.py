"""Fold text for comparison without moving anything: the result has exactly as many code points as the text.

Letter case, diacritics, kinds of apostrophe, dash and space cease to matter. What would change the length stays as it
is ('ß' never becomes 'ss'), so an index into the folded text is an index into the text. `plain` also leaves out what
has to go altogether: marks that stand alone, characters without width, the rest of a run of white space.
"""

import re
import unicodedata

_SPACE = " "
_BLANK_LINE = "\0"  # what a blank line becomes: no name goes on after it
_NOTHING = "\1"  # what a mark or a character without width becomes
MARKS = (  # and what has no width, as ranges of a character class
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
_MARK = re.compile(f"[{MARKS}]")
_REDUNDANT = re.compile(f" [ {_NOTHING}]+|{_NOTHING}+")
_SPECIAL = {
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07\u00b4`", "'"),  # apostrophes and their stand-ins
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85", _SPACE),
    # Letters that Unicode does not decompose although readers take them for the plain letter.
    **dict(zip("łŁøØđĐħĦıŧŦ", "llooddhhitt", strict=True)),
}


def fold(text: str) -> str:
    """Return the folded text: of the same length, and folding it again changes nothing."""
    return text.translate(_TABLE)


def plain(text: str) -> str:
    """Return `text` folded, without marks that stand alone and what has no width, and with single spaces.

    A blank line is no space, but a null: no name goes on after it.
    """
    folded = fold(text)
    if _NOTHING not in folded and "  " not in folded:
        return folded
    return _REDUNDANT.sub(
        lambda run: "" if run[0][0] == _NOTHING else _space_for(text[run.start() : run.end()]), folded
    )


def _space_for(run: str) -> str:
    return _BLANK_LINE if run.count("\n") > 1 or "\u2029" in run else _SPACE


def fold_char(char: str) -> str:
    """Return the single code point that `char` folds to."""
    seen = char
    while (folded := _step(seen)) != seen:
        seen = folded
    return seen


def _step(char: str) -> str:
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    if _MARK.match(char):
        return _NOTHING
    if unicodedata.category(char) in {"Zs", "Zl", "Zp"}:
        return _SPACE
    plain = _without_marks(char)
    for lowered in (plain.casefold(), plain.lower()):
        if len(lowered) == 1:
            return lowered
    return plain


def _without_marks(char: str) -> str:
    """The base letter of `char`, or `char` itself where it is no single letter with marks."""
    letters = unicodedata.normalize("NFKD", char)
    if letters[0] == _SPACE:
        return char  # a mark on its own, such as a macron, is no space
    return letters[0] if all(unicodedata.combining(mark) for mark in letters[1:]) else char


class _Table(dict[int, str]):
    """A translation table that fills itself, so that each code point is worked out once."""

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        self[code] = folded
        return folded


_TABLE = _Table()
