"""Divide a field into paragraphs and sentences: spans of it, in order, without overlap, each within a length bound."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from schemas import Span, TextField
from services.extraction.lexicon import word_list

# Bounds that keep every later step linear: no model sees more than one of these at a time.
MAX_SENTENCE = 1_500
_WRAP_WIDTH = 100
_ENDS = re.compile(r"[.!?…。！？｡]+[\"'”’»)\]]*")  # noqa: RUF001 - the marks that end sentences, in any script
_UNSPACED_ENDS = frozenset("。！？｡")  # noqa: RUF001
_ITEM = re.compile(r"\s*(?:[-•*–—·o]|\(?\w{1,4}[.)])\s")  # noqa: RUF001
_CLOSERS = frozenset(".!?:;\"'”’)…")  # noqa: RUF001
_LABEL = re.compile(r"(?:Q|[A-Z][A-Z.' ’-]{2,40}:|[A-Z][A-Z.' ’-]{2,40} \([^)]{1,40}\):)\s+")  # noqa: RUF001
_OPENERS = "\"'“‘«([—–-"  # noqa: RUF001
_LAST_WORD = re.compile(r"[^\s\"'“‘(\[]+$")  # noqa: RUF001
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_CLEANED = {
    **dict.fromkeys("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u2028\u2029\u202f\u2007\u2009", " "),
    **dict.fromkeys("‘’ʼ＇", "'"),  # noqa: RUF001
    **dict.fromkeys("“”„＂", '"'),  # noqa: RUF001
}
_CLEAN_TABLE = str.maketrans(_CLEANED)


@dataclass(frozen=True, slots=True)
class Piece:
    """A half-open stretch of a field: a sentence or a paragraph."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True)
class Passage:
    """One field of an article.

    Attributes:
        field: Which field.
        text: The field as it stands.
        clean: The same length, with the white space and quotation marks that models know.
    """

    field: TextField
    text: str
    clean: str

    @cached_property
    def sentences(self) -> tuple[Piece, ...]:
        """In order; none is longer than `MAX_SENTENCE`. Divided when first asked for: many articles need none."""
        return tuple(
            Piece(start, end, number)
            for number, (start, end) in enumerate(paragraphs(self.text))
            for start, end in sentences_of(self.text, start, end)
        )

    def span(self, start: int, end: int) -> Span:
        """Return the slice as a span of this field."""
        return Span(field=self.field, start=start, end=end, text=self.text[start:end])


def read_passage(field: TextField, text: str) -> Passage:
    """Return the field's text as a passage."""
    return Passage(field, text, text.translate(_CLEAN_TABLE))


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each paragraph, without the white space around it.

    Blank lines and indented lines part paragraphs; so does every line break, unless the text is wrapped to a narrow
    width, as newswires are.
    """
    wrapped = is_wrapped(text)
    opened = reached = 0
    before = ""
    for line in text.splitlines(keepends=True):
        if not wrapped or not line.strip() or (_is_indented(line) and not _hangs(before)):
            yield from _trimmed(text, opened, reached)
            opened = reached
        reached += len(line)
        before = line
    yield from _trimmed(text, opened, reached)


def _is_indented(line: str) -> bool:
    return len(line) > 2 and line[:2].isspace()


def _hangs(before: str) -> bool:
    """Whether an indented line goes on with the line before, as in an item of a list with a hanging indent."""
    if _ITEM.match(before):
        return True
    return _is_indented(before) and before.rstrip()[-1:] not in _CLOSERS


def is_wrapped(text: str) -> bool:
    """Whether line breaks only wrap the text: short lines, most of which do not end a sentence."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or max(map(len, lines)) > _WRAP_WIDTH:
        return False
    running = sum(1 for line in lines if line[-1] not in ".!?…:;\"'”’)")  # noqa: RUF001
    return running * 2 > len(lines)


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each sentence of the paragraph `text[start:end]`."""
    opened = start
    if label := _LABEL.match(text, start, end):  # who speaks, in a transcript
        yield from _trimmed(text, start, label.end())
        opened = label.end()
    for match in _ENDS.finditer(text, start, end):
        if match.end() < end and _is_boundary(text, opened, match, end):
            yield from _bounded(text, opened, match.end())
            opened = match.end()
    yield from _bounded(text, opened, end)


def _is_boundary(text: str, opened: int, mark: re.Match[str], end: int) -> bool:
    if mark[0][0] in _UNSPACED_ENDS:
        return True
    after = mark.end()
    if not text[after].isspace():
        return False
    while after < end and (text[after].isspace() or text[after] in _OPENERS):
        after += 1
    if after >= end or text[after].islower():
        return False
    return mark[0] != "." or not _is_abbreviation(text, opened, mark.start(), after)


def _is_abbreviation(text: str, opened: int, stop: int, after: int) -> bool:
    """Whether the full stop at `stop` belongs to an abbreviation rather than to the sentence."""
    last = _LAST_WORD.search(text, max(opened, stop - 30), stop)
    if last is None:
        return False
    word = last[0].lower()
    if word in word_list("abbreviations"):
        return True
    if "." not in word and not (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    # "U.S. officials", "J. Smith": a sentence ends here only if what follows clearly opens one.
    following = _NEXT_WORD.match(text, after)
    return following is not None and following[0].lower() not in word_list("sentence_openers")


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what no sentence is as long as, at white space where there is some."""
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = start + MAX_SENTENCE if cut < 0 else cut
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
