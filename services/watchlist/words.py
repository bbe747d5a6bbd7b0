"""Split text into words, fast, and say where in the text each stands."""

import re
from bisect import bisect_right, insort

from services.watchlist.boundaries import UNSPACED
from services.watchlist.folding import MARKS, plain

_UNSPACED = re.compile(f"[{UNSPACED}]")
_OTHER = re.compile(f"[^\\x00-\\x7f\\w{MARKS}]|[\u02b9\u02bc]")  # punctuation beyond ASCII, letters that stand for it
_WORD = re.compile(f"(?=\\w)[{UNSPACED}][{MARKS}]*|(?:[^\\W{UNSPACED}][{MARKS}]*)+")
# A space for what is no part of a word in ASCII.
_SPACED = bytes(code if code >= 0x80 or code == ord("_") or chr(code).isalnum() else 0x20 for code in range(0x100))
_HYPHENED = re.compile("-[a-z]")
_HYPHENED_ANYHOW = re.compile("[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d][a-z]")
# Of English text nearly all is ASCII, and nearly all the rest accented letters and quotation marks: U+0080 to U+017F,
# and U+2000 to U+203F. There the punctuation can be found in the bytes.
_COMMON = bytes(range(0xC0)) + b"\xc2\xc3\xc4\xc5\xe2"
_COMMON_PUNCTUATION = tuple(
    re.compile(lead + b"(?:" + b"|".join(re.escape(char.encode()[len(lead) :]) for char in others) + b")")
    for lead, others in (
        (lead, [char for char in map(chr, codes) if _OTHER.match(char) and char.encode().startswith(lead)])
        for lead, codes in (
            (b"\xc2", range(0x80, 0xC0)),
            (b"\xc3", range(0xC0, 0x100)),
            (b"\xe2\x80", range(0x2000, 0x2040)),
        )
    )
)
_RARE = re.compile(b"\xe2(?!\x80)")
_WINDOW = 32  # bytes looked at for each word to come; more if need be


class Words:
    """The words of a text.

    A word is a run of letters, digits and underscores with the marks between them; in scripts that put no spaces
    between words, each letter is one.

    Attributes:
        listed: The words in their order, as UTF-8. The letter behind a hyphen is a capital if it is an ASCII one: there
            "Kim Jong-un" may be written either way, whatever the list has. See `plain_word`.
    """

    def __init__(self, text: str) -> None:
        self._spans: list[tuple[int, int]] = []
        self._is_ascii = text.isascii()
        text = (_HYPHENED if self._is_ascii else _HYPHENED_ANYHOW).sub(_capitalise, text)
        # Bytes are translated and split several times as fast as a pattern finds words.
        self._bytes = _encode(text)
        self._known = [(0, 0, 0)]  # places: number of words before, bytes and code points
        if not self._is_ascii:
            if _is_common(self._bytes):
                for punctuation in _COMMON_PUNCTUATION:
                    self._bytes = punctuation.sub(b" ", self._bytes)
            elif _UNSPACED.search(text):
                self._spans = [match.span() for match in _WORD.finditer(text)]
                self.listed = [_encode(text[start:end]) for start, end in self._spans]
                return
            else:
                self._bytes = _encode(_OTHER.sub(" ", text))
        self.listed = self._bytes.split()

    def spans(self, first: int, count: int) -> tuple[tuple[int, int], ...]:
        """Return where some words in a row stand in the text, as indices of code points."""
        row = self.listed[first : first + count]
        if self._spans or not row:
            return tuple(self._spans[first : first + count])
        raw, size = self._bytes, len if self._is_ascii else _count_points
        passed, points = self._start(first)
        spans: list[tuple[int, int]] = []
        for word in row:
            start = raw.index(word, passed)  # only spaces are in between
            points += size(raw[passed:start])
            end = points + size(word)
            spans.append((points, end))
            passed, points = start + len(word), end
        return tuple(spans)

    def _start(self, index: int) -> tuple[int, int]:
        """Where a word begins, in bytes and code points.

        Go on from the nearest place that is known: a text has many words, and few of them are asked for.
        """
        words, passed, points = self._known[bisect_right(self._known, (index, len(self._bytes) + 1)) - 1]
        window = _WINDOW * (index - words + 1)
        # What is left over when the words before are split off begins with the word that is asked for.
        while len(pieces := self._bytes[passed : passed + window].split(None, index - words)) <= index - words:
            window *= 2
        start = min(passed + window, len(self._bytes)) - len(pieces[-1])
        points += start - passed if self._is_ascii else _count_points(self._bytes[passed:start])
        insort(self._known, (index, start, points))
        return start, points


def split_words(text: str) -> list[bytes]:
    """Return the words of a text, as `Words` lists them."""
    if not text.isascii():
        return Words(text).listed
    return _encode(_HYPHENED.sub(_capitalise, text) if "-" in text else text).split()


def plain_word(word: bytes) -> bytes:
    """Return a word of `Words`, folded and without marks."""
    return (
        word.lower()
        if word.isascii()
        else plain(word.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")
    )


def _is_common(raw: bytes) -> bool:
    return not raw.translate(None, _COMMON) and not _RARE.search(raw)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").translate(_SPACED)


def _capitalise(hyphened: re.Match[str]) -> str:
    return hyphened[0].upper()


def _count_points(raw: bytes) -> int:
    return len(raw.decode("utf-8", "surrogatepass"))
