"""Fold text for comparison without moving anything: the result has exactly as many code points as the text.

Letter case, diacritics, kinds of apostrophe, dash and space cease to matter. What would change the length stays as it
is ('ß' never becomes 'ss'), so an index into the folded text is an index into the text.
"""

import unicodedata

_SPACE = " "
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
    return letters[0] if all(unicodedata.combining(mark) for mark in letters[1:]) else char


class _Table(dict[int, str]):
    """A translation table that fills itself, so that each code point is worked out once."""

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        self[code] = folded
        return folded


_TABLE = _Table()
