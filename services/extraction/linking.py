"""Link names to actors inside one article: what a full name settles, a bare surname later means."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas import Actor, ActorType, EntityLabel, LinkMethod
from services.extraction.labelling import entity_words, is_surname
from services.extraction.lexicon import word_list
from services.extraction.passages import Passage
from services.watchlist.boundaries import stands_alone
from services.watchlist.folding import fold
from services.watchlist.forms import FAMILY_NAME_FIRST
from services.watchlist.writing import ordinary_words

SCORES = {
    LinkMethod.NAME: 0.99,
    LinkMethod.ALIAS: 0.95,
    LinkMethod.ACRONYM: 0.95,
    LinkMethod.VARIANT: 0.9,
    LinkMethod.SURNAME: 0.9,
    LinkMethod.MODEL: 0.85,
    LinkMethod.DEMONYM: 0.75,
    LinkMethod.METONYM: 0.7,
    LinkMethod.WEAK_ALIAS: 0.7,
}
AMBIGUOUS = 0.5  # factor on the score where several actors share the name

_WORD = re.compile(r"\b(?:(?:[AaEe]l|[Aa]sh?|[Aa]n)-(?=[A-Z]))?[^\W\d_a-z][\w'’\u0300-\u036f]*")  # noqa: RUF001
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.'’-]*) $")  # noqa: RUF001
_WORD_AFTER = re.compile(r" ([^\W\d_][\w'’-]*)")  # noqa: RUF001
_ARTICLE = re.compile(r"(?:[Aa]l|[Ee]l|[Aa]sh?|[Aa]n)-(?=[A-Z])")
_GENERATIONS = frozenset({"Jr", "Sr", "II", "III", "IV"})
_MONTHS = frozenset({"April", "May", "June", "August"})
_BEFORE_MONTH = frozenset(
    {"by", "during", "early", "from", "in", "last", "late", "mid", "next", "of", "since", "this", "until"}
)
_DAY = re.compile(r",? \d")
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
    words = [word for word in full_name.replace(",", " ").split() if word.rstrip(".") not in _GENERATIONS]
    if len(words) < 2:
        return None
    if FAMILY_NAME_FIRST.intersection(countries):
        return words[0], words[1]
    return words[-1], words[0]


def people_named(full_name: str) -> Iterator[str]:
    """Yield what else a person of this full name may be called: surname, surname without article, given name."""
    if parts := surname_of(full_name):
        surname, given = parts
        yield surname
        if article := _ARTICLE.match(surname):
            yield surname[article.end() :]
        if given.lower() in word_list("given_names"):
            yield given


def bearers(passage: Passage, named: Iterable[Named]) -> list[Bearer]:
    """Return the surnames that full names of people introduce, in order of introduction."""
    found: list[Bearer] = []
    for name in named:
        if name.label is not EntityLabel.PERSON:
            continue
        countries = name.actor.countries if name.actor and name.actor.type is ActorType.PERSON else ()
        parts = surname_of(passage.clean[name.start : name.end], countries)
        if parts is None:
            continue
        surnames = [parts[0]]
        if article := _ARTICLE.match(parts[0]):
            surnames.append(parts[0][article.end() :])  # "Walid al-Moualem" is "Moualem" later
        found.extend(
            Bearer(surname, name.end, parts[1], name.actor)
            for surname in surnames
            if any(char.isupper() for char in surname[:4]) and len(surname) > 1
        )
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
    if any(word in word_list(name) for name in ("titles", "calendar", "sentence_openers", "place_prepositions")):
        return False
    if before[1].endswith(("'s", "'")) or fold(before[1]) == fold(given):
        return False
    if before[1].endswith(".") and len(word) > 1:
        return False  # the sentence before; "J. Smith" has an initial
    # Whatever opens a sentence has a capital.
    return not _opens_sentence(passage, start - len(before[0])) or word in word_list("given_names")


def precedes_given_name(passage: Passage, end: int) -> bool:
    """Whether a capitalised word follows at once: after a family name that comes first, another person's given name."""
    after = _WORD_AFTER.match(passage.clean[end : end + _WINDOW])
    return after is not None and after[1][0].isupper() and after[1].lower() not in word_list("titles")


def precedes_surname(passage: Passage, end: int) -> bool:
    """Whether a common surname follows at once: "Paris Hilton", "Jordan Henderson"."""
    after = _WORD_AFTER.match(passage.clean[end : end + _WINDOW])
    return after is not None and after[1][0].isupper() and is_surname(after[1].lower().removesuffix("'s"))


def is_place(passage: Passage, start: int) -> bool:
    """Whether a metonym at `start` names the place rather than the government: "in Beijing", "to Beijing"."""
    before = _WORD_BEFORE.search(passage.clean[max(0, start - _WINDOW) : start])
    return before is not None and before[1].lower() in word_list("place_prepositions")


def _words(passage: Passage, surnames: dict[str, list[Bearer]]) -> Iterator[tuple[int, int]]:
    """Bounds of the words, possessive left off, that are one of the surnames and capitalised."""
    for match in _WORD.finditer(passage.clean):
        start, end = match.span()
        word = match[0]
        if not word[0].isupper() and not _ARTICLE.match(word):
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
    if is_opening_word(passage, start, end) or _is_month(passage, start, end):
        return False
    return not follows_given_name(passage, start, bearer.given)


def _is_month(passage: Passage, start: int, end: int) -> bool:
    """Whether a surname such as "May" is the month: "in May", "May 5", "last May"."""
    if passage.clean[start:end] not in _MONTHS:
        return False
    before = _WORD_BEFORE.search(passage.clean[max(0, start - _WINDOW) : start])
    dated = before is not None and before[1].lower() in _BEFORE_MONTH
    return dated or _DAY.match(passage.clean, end) is not None


def is_opening_word(passage: Passage, start: int, end: int) -> bool:
    """Whether an everyday word opens a sentence rather than naming somebody: "Will Putin come?", "May he rest"."""
    if fold(passage.text[start:end]) not in ordinary_words() or not _opens_sentence(passage, start):
        return False
    after = _WORD_AFTER.match(passage.clean[end : end + _WINDOW])
    if passage.clean[end : end + 1] in {"'", ","}:
        return False
    return after is None or after[1] not in entity_words()["said"]


def _opens_sentence(passage: Passage, start: int) -> bool:
    """Whether `start` is where a sentence, a quotation or the field begins."""
    before = passage.clean[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in ".!?:\"'"
