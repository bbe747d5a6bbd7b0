"""The spans that entities are made from, before anything is linked: what the model saw and news conventions show."""

import re
from collections.abc import Iterable, Iterator

from schemas import EntityLabel
from services.extraction.conventions import bracketed_states, datelines, full_names, titled
from services.extraction.labelling import entity_words
from services.extraction.language import LanguageModel
from services.extraction.passages import Passage
from services.extraction.settling import Spotted, settle

MAX_CHUNK = 5_000  # code points that the recogniser sees at a time
_UNBROKEN = re.compile(r"\S{120,}")  # no name is this long; the tokenizer would take quadratic time over it
_LONGEST = 120  # code points of a joined name; without a bound, a name said a thousand times would be one
_SLASH = re.compile(r"(?<=\w\w)/(?=\w\w)")
_LINK = re.compile(r"\s+(?:for|of|on)(?:\s+the)?\s+")
_LABELS = frozenset(EntityLabel)

__all__ = ["MAX_CHUNK", "Spotted", "spot"]


def spot(passage: Passage, model: LanguageModel) -> list[Spotted]:
    """Return the people, organisations and places seen in a passage, in order, without overlaps."""
    chunks = list(_chunks(passage))
    texts = [_readable(passage.clean[start:end]) for start, end in chunks]
    seen = [
        spotted
        for (start, _), found in zip(chunks, model.recognise(texts), strict=True)
        for entity in found
        if entity.label in _LABELS
        for first, last in _pieces(passage.clean, start + entity.start, start + entity.end)
        if (spotted := settle(passage.clean, first, last, EntityLabel(entity.label)))
    ]
    spans = _without_overlaps([*datelines(passage), *bracketed_states(passage, seen), *seen])
    spans = list(_joined(passage.clean, spans))
    spans = _without_overlaps([*spans, *titled(passage, spans)])
    return _without_overlaps([*spans, *full_names(passage, spans)])


def _pieces(clean: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The bounds of the names in "Central Command/5th Fleet"."""
    for slash in _SLASH.finditer(clean, start, end):
        yield start, slash.start()
        start = slash.end()
    yield start, end


def _joined(clean: str, spans: Iterable[Spotted]) -> Iterator[Spotted]:
    """The spans in order, with "Agency" and "Assessment of Technology" joined where the text says "for the" between."""
    last: Spotted | None = None
    for span in spans:
        if last and span.end - last.start <= _LONGEST and _belong_together(clean, last, span):
            last = Spotted(last.start, span.end, last.label)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _belong_together(clean: str, first: Spotted, second: Spotted) -> bool:
    between = clean[first.end : second.start] if first.end <= second.start else None
    if between and between.isspace() and "\n" not in between and first.label is second.label is EntityLabel.PERSON:
        return True  # "Saif al-Islam" Gaddafi
    if between is None or first.label is not EntityLabel.ORG or not _LINK.fullmatch(between):
        return False
    generic = clean[first.start : first.end].lower().split()[-1] in entity_words()["organisations"]
    return generic and (
        second.label is EntityLabel.ORG or (second.label is EntityLabel.GPE and between.strip() in {"of", "for"})
    )


def _without_overlaps(spans: Iterable[Spotted]) -> list[Spotted]:
    """The spans in order of the text; of overlapping ones the one that was given first."""
    kept: list[Spotted] = []
    occupied: set[int] = set()
    for span in spans:
        positions = range(span.start, span.end)
        if occupied.isdisjoint(positions):
            occupied.update(positions)
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


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
