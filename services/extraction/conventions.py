"""Find the names that the conventions of news writing show: datelines, titles, states in brackets."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from schemas import EntityLabel
from services.extraction.labelling import entity_words, is_given_and_surname
from services.extraction.lexicon import word_list
from services.extraction.passages import Passage
from services.extraction.settling import Spotted

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d"
_DATELINE = re.compile(
    rf"(?P<city>[A-Z][A-Z.' -]{{2,30}}?)(?:, (?!{_MONTH})(?P<region>[A-Z][\w. ]{{1,20}}?))?(?:,? {_MONTH}\d?)?"
    r",? (?:\((?P<agency>[A-Z][\w /.]{1,20})\) ?)?(?:-{1,2}|[–—]) ?(?=\S)"  # noqa: RUF001
)
_TWO_WORDS = re.compile(r"(?<![A-Z][.\w] )(?<![\w-])(?=([A-Z][a-z]+ [A-Z][a-z]+))\1(?![\w-]| [A-Z])")
_DATELINE_WIDTH = 90
_STATE_IN_BRACKETS = re.compile(r"\s\((?:[DRI]-)?([A-Z]{2})\)")


def datelines(passage: Passage) -> Iterator[Spotted]:
    """Yield places and agency of "MINSK, Belarus (AP) -" at the start of a paragraph."""
    paragraph = -1
    for sentence in passage.sentences:
        if sentence.paragraph == paragraph:
            continue
        paragraph = sentence.paragraph
        if found := _DATELINE.match(passage.clean, sentence.start, sentence.start + _DATELINE_WIDTH):
            for part, label in (("city", EntityLabel.GPE), ("region", EntityLabel.GPE), ("agency", EntityLabel.ORG)):
                if found[part]:
                    yield Spotted(*found.span(part), label)


def titled(passage: Passage, taken: Sequence[Spotted]) -> Iterator[Spotted]:
    """Yield people whom the model overlooked although a title stands before them: "MS. DALTON", "Sen. Shaheen"."""
    occupied = {position for span in taken for position in range(span.start, span.end)}
    for found in _after_title().finditer(passage.clean):
        start, end = found.span(2)
        if start in occupied or found[2].split()[0].lower() in entity_words()["said"]:
            continue
        if " " in found[2] and (end - 1 in occupied or not _goes_on(found[1], found[2])):
            end = start + found[2].index(" ")
        if passage.clean[start:end].endswith("'s"):
            end -= 2
        yield Spotted(start, end, EntityLabel.PERSON)


def full_names(passage: Passage, taken: Sequence[Spotted]) -> Iterator[Spotted]:
    """Yield people whom the model overlooked although given name and surname are common ones: "Pat Riley"."""
    occupied = {position for span in taken for position in range(span.start, span.end)}
    for found in _TWO_WORDS.finditer(passage.clean):
        start, end = found.span(1)
        if occupied.isdisjoint(range(start, end)) and is_given_and_surname(found[1].lower().split()):
            yield Spotted(start, end, EntityLabel.PERSON)


def bracketed_states(passage: Passage, taken: Sequence[Spotted]) -> Iterator[Spotted]:
    """Yield the state in "Rob Portman (OH)"."""
    for span in taken:
        found = _STATE_IN_BRACKETS.match(passage.clean, span.end) if span.label is EntityLabel.PERSON else None
        if found and found[1] in word_list("us_states"):
            yield Spotted(*found.span(1), EntityLabel.GPE)


def _goes_on(title: str, name: str) -> bool:
    """Whether the second word belongs to the name: "Dr. Anthony Fauci", not "MS. DALTON: Well"."""
    first, second = name.split()
    return first.isupper() == second.isupper() or not title.isupper()


@cache
def _after_title() -> re.Pattern[str]:
    titles = "|".join(sorted(re.escape(title) for title in entity_words()["sure_titles"]))
    return re.compile(rf"\b(?=[A-Z])((?i:{titles})) ((?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)?)")
