"""Link names to actors inside one article: what a full name settles, a bare surname later means."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas import Actor, ActorType, EntityLabel, LinkMethod
from services.extraction.lexicon import word_list
from services.extraction.passages import Passage
from services.watchlist.boundaries import stands_alone
from services.watchlist.folding import fold
from services.watchlist.matcher import ordinary_words

# Where the family name comes first. An actor has no field for it, so the country decides; everyone else's is the last.
FAMILY_NAME_FIRST = frozenset({"cn", "hk", "kp", "kr", "mo", "tw", "vn"})

SCORES = {
    LinkMethod.NAME: 0.99,
    LinkMethod.ALIAS: 0.95,
    LinkMethod.ACRONYM: 0.95,
    LinkMethod.SURNAME: 0.9,
    LinkMethod.MODEL: 0.85,
    LinkMethod.DEMONYM: 0.75,
    LinkMethod.METONYM: 0.7,
}
AMBIGUOUS = 0.5  # factor on the score where several actors share the name

_WORD = re.compile(r"[^\W\d_][\w'’]*")  # noqa: RUF001
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.'’-]*) $")  # noqa: RUF001
_WORD_AFTER = re.compile(r" ([^\W\d_][\w'’-]*)")  # noqa: RUF001
_WINDOW = 40  # code points looked at for a neighbouring word


@dataclass(frozen=True, slots=True)
class Named:
    """A span that names something, linked where it can be."""

    start: int
    end: int
    label: EntityLabel
    method: LinkMethod
    score: float
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a surname stands for from some point of the article on; `actor` is None for people of no list."""

    surname: str
    since: int
    given: str
    actor: Actor | None


def surname_of(full_name: str, countries: Iterable[str] = ()) -> tuple[str, str] | None:
    """Return surname and the first of the other names, or None for a single word or one without cased letters."""
    words = full_name.split()
    if len(words) < 2:
        return None
    if FAMILY_NAME_FIRST.intersection(countries):
        return words[0], words[1]
    return words[-1], words[0]


def bearers(passage: Passage, named: Iterable[Named]) -> list[Bearer]:
    """Return the surnames that full names of people introduce, in order of introduction."""
    found = []
    for name in named:
        if name.label is not EntityLabel.PERSON:
            continue
        countries = name.actor.countries if name.actor and name.actor.type is ActorType.PERSON else ()
        parts = surname_of(passage.text[name.start : name.end], countries)
        if parts and parts[0][0].isupper() and len(parts[0]) > 1:
            found.append(Bearer(parts[0], name.end, parts[1], name.actor))
    return found


def bare_surnames(passage: Passage, introduced: Sequence[Bearer], taken: Sequence[Named]) -> Iterator[Named]:
    """Yield later mentions of people by surname alone.

    A surname means the person whom the article introduced with it, of several the first, with a lower score. It does
    not after another given name ("Viktor Lukashenko"), nor inside another name.
    """
    by_surname: dict[str, list[Bearer]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for person in introduced:
        key = (fold(person.surname), fold(person.given))
        if key not in seen:
            seen.add(key)
            by_surname[key[0]].append(person)
    if not by_surname:
        return
    occupied = {position for name in taken for position in range(name.start, name.end)}
    for word in _words(passage, by_surname):
        start, end = word
        surname = fold(passage.text[start:end])
        bearer = next((b for b in by_surname[surname] if b.since <= start), None)
        if bearer is None or start in occupied or not _stands_for_person(passage, bearer, start, end):
            continue
        if bearer.actor is None:
            yield Named(start, end, EntityLabel.PERSON, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])
            continue
        shared = any(b.since <= start and fold(b.given) != fold(bearer.given) for b in by_surname[surname])
        score = round(SCORES[LinkMethod.SURNAME] * (AMBIGUOUS if shared else 1.0), 3)
        yield Named(start, end, EntityLabel.PERSON, LinkMethod.SURNAME, score, bearer.actor)


def follows_given_name(passage: Passage, start: int, given: str = "") -> bool:
    """Whether a capitalised word that is no title, and not the given name expected, stands right before `start`."""
    before = _WORD_BEFORE.search(passage.clean[max(0, start - _WINDOW) : start])
    if before is None or not before[1][0].isupper():
        return False
    word = before[1].rstrip(".").lower()
    if (
        any(word in word_list(name) for name in ("titles", "calendar", "sentence_openers"))
        or (before[1].endswith(".") and len(word) > 1)  # the sentence before; "J. Smith" has an initial
        or fold(before[1]) == fold(given)
        or _opens_sentence(passage, start - len(before[0]))
    ):
        return False
    return not before[1].endswith(("'s", "'"))


def precedes_given_name(passage: Passage, end: int) -> bool:
    """Whether a capitalised word follows at once: after a family name that comes first, another person's given name."""
    after = _WORD_AFTER.match(passage.clean[end : end + _WINDOW])
    return after is not None and after[1][0].isupper() and after[1].lower() not in word_list("titles")


def is_place(passage: Passage, start: int) -> bool:
    """Whether a metonym at `start` names the place rather than the government: "in Beijing", "to Beijing"."""
    before = _WORD_BEFORE.search(passage.clean[max(0, start - _WINDOW) : start])
    return before is not None and before[1].lower() in word_list("place_prepositions")


def _words(passage: Passage, surnames: dict[str, list[Bearer]]) -> Iterator[tuple[int, int]]:
    """Bounds of the words, possessive left off, that are one of the surnames and capitalised."""
    for match in _WORD.finditer(passage.clean):
        start, end = match.span()
        word = match[0]
        if not word[0].isupper():
            continue
        for suffix in ("'s", "'"):
            if word.endswith(suffix):
                end -= len(suffix)
                break
        if fold(passage.text[start:end]) in surnames and stands_alone(passage.text, start, end):
            yield start, end


def _stands_for_person(passage: Passage, bearer: Bearer, start: int, end: int) -> bool:
    family_first = bearer.actor is not None and FAMILY_NAME_FIRST.intersection(bearer.actor.countries)
    if family_first and precedes_given_name(passage, end):
        return False
    if fold(bearer.surname) in ordinary_words() and _opens_sentence(passage, start):
        return False
    return not follows_given_name(passage, start, bearer.given)


def _opens_sentence(passage: Passage, start: int) -> bool:
    """Whether `start` is where a sentence, a quotation or the field begins."""
    before = passage.clean[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in ".!?:\"'"
