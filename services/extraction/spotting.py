"""The spans that entities are made from, before anything is linked: what the matcher and the model saw."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas import EntityLabel
from services.extraction.language import LanguageModel
from services.extraction.passages import Passage
from services.watchlist.boundaries import stands_alone

MAX_CHUNK = 5_000  # code points that the recogniser sees at a time
_UNBROKEN = re.compile(r"\S{120,}")  # no name is this long; the tokenizer would take quadratic time over it
_LABELS = frozenset(EntityLabel)
_LEADING = re.compile(r"(?:(?:[Tt]he|THE)\s+)?(?:(?:[Aa]nti|[Pp]ro|[Nn]on|[Ee]x)-)?[\s\"'“‘«(\[,.;:–—-]*")  # noqa: RUF001
_TRAILING = re.compile(r"(?:['’]s?)?[\s\"'”’»)\],;:–—-]*$")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Spotted:
    """A name that the model saw, trimmed to the name itself."""

    start: int
    end: int
    label: EntityLabel


def spot(passage: Passage, model: LanguageModel) -> list[Spotted]:
    """Return the people, organisations and places that the model sees in a passage, in order, without overlaps."""
    chunks = list(_chunks(passage))
    texts = [_readable(passage.clean[start:end]) for start, end in chunks]
    return [
        spotted
        for (start, _), found in zip(chunks, model.recognise(texts), strict=True)
        for entity in found
        if entity.label in _LABELS
        and (spotted := _trim(passage.text, start + entity.start, start + entity.end, EntityLabel(entity.label)))
    ]


def _chunks(passage: Passage) -> Iterator[tuple[int, int]]:
    """Bounds of runs of sentences of one paragraph, each within the chunk size."""
    opened: tuple[int, int, int] | None = None
    for sentence in passage.sentences:
        if opened and (sentence.paragraph != opened[2] or sentence.end - opened[0] > MAX_CHUNK):
            yield opened[0], opened[1]
            opened = None
        opened = (opened[0] if opened else sentence.start, sentence.end, sentence.paragraph)
    if opened:
        yield opened[0], opened[1]


def _readable(text: str) -> str:
    """The text with unbroken runs that are no words blanked out, same length."""
    return _UNBROKEN.sub(lambda run: " " * len(run[0]), text) if len(text) >= 120 else text


def _trim(text: str, start: int, end: int, label: EntityLabel) -> Spotted | None:
    """The span without article, possessive and stray punctuation; None if no name is left."""
    if leading := _LEADING.match(text, start, end):
        start = leading.end()
    if trailing := _TRAILING.search(text, start, end):
        end = trailing.start()
    name = text[start:end]
    if not any(char.isalpha() for char in name) or not stands_alone(text, start, end):
        return None
    return Spotted(start, end, label)


def overlapping(spans: Sequence[Spotted], start: int, end: int) -> list[Spotted]:
    """Return those of `spans` that share a code point with `[start, end)`."""
    return [span for span in spans if span.start < end and start < span.end]
