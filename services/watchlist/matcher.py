"""Find the names of known actors in text: one pass over folded text, then checks of boundary, case and length."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain, islice
from unicodedata import combining

from ahocorasick_rs import AhoCorasick, MatchKind

from schemas import Actor, LinkMethod
from services.core.identity import content_version
from services.watchlist.boundaries import stands_alone
from services.watchlist.folding import fold, squeeze
from services.watchlist.forms import name_forms

MAX_FORMS = 50_000  # spellings that are worked out rather than listed; bounds memory where lists are long
_SHORT_CAPITALS = 3  # "UK" or "FSB" given as a name or alias is held to its exact case all the same
_WORD_BEFORE = re.compile(r"(\w+) $")
_WORD_AFTER = re.compile(r" (\w+)")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_NEIGHBOUR = 40  # code points looked at for a neighbouring word

_RANK = {
    method: rank
    for rank, method in enumerate(
        (LinkMethod.NAME, LinkMethod.ALIAS, LinkMethod.ACRONYM, LinkMethod.METONYM, LinkMethod.DEMONYM)
    )
}


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one actor, as the watchlist spells it."""

    text: str
    actor: Actor
    method: LinkMethod


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A stretch of text that is a name of these actors.

    Attributes:
        start: Index of the first code point.
        end: One past the last code point.
        names: At least one; best first: proper names before aliases, acronyms, metonyms and demonyms, and watched
            actors before others.
    """

    start: int
    end: int
    names: tuple[Name, ...]

    @property
    def best(self) -> Name:
        """The name it most likely is."""
        return self.names[0]

    @property
    def ambiguous(self) -> bool:
        """Whether another actor has the same kind of name."""
        best = self.best
        return any(n.actor.id != best.actor.id and n.method is best.method for n in self.names[1:])


class NameMatcher:
    """The compiled names of a watchlist. Immutable, and a pure function of the actors."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        by_form: dict[str, list[Name]] = {}
        for name in chain(chain.from_iterable(map(names_of, actors)), islice(further_names(actors), MAX_FORMS)):
            if any(char.isalnum() for char in name.text):
                by_form.setdefault(fold(name.text), []).append(name)
        self._names = tuple(tuple(sorted(names, key=_preference)) for names in by_form.values())
        self._automaton = AhoCorasick(list(by_form), matchkind=MatchKind.Standard)
        self.actors = {actor.id: actor for actor in actors}
        self.version = watchlist_version(actors)

    def match(self, text: str) -> list[NameMatch]:
        """Return the names in `text`, in order and without overlaps; of overlapping ones the leftmost longest."""
        squeezed = squeeze(text)
        plain, padded = squeezed.text, f" {squeezed.folded} "
        found = [
            NameMatch(start, end, names)
            for form, start, end in self._automaton.find_matches_as_indexes(squeezed.folded, overlapping=True)
            # With long lists most of these lie inside a word; two look-ups tell it of nearly all, and fast.
            if (padded[start] not in _PLAIN or padded[start + 1] not in _PLAIN)
            and (padded[end + 1] not in _PLAIN or padded[end] not in _PLAIN)
            and stands_alone(plain, start, end)
            and (names := tuple(name for name in self._names[form] if _is_written(name, plain, start, end)))
        ]
        if not squeezed.cuts:
            return list(_longest(found))
        return [
            NameMatch(
                squeezed.position(match.start), _with_marks(text, squeezed.position(match.end - 1) + 1), match.names
            )
            for match in _longest(found)
        ]


def names_of(actor: Actor) -> Iterator[Name]:
    """Yield every name of an actor once, with single spaces and without marks that stand alone."""
    kinds = (
        ((actor.name,), LinkMethod.NAME),
        (actor.aliases, LinkMethod.ALIAS),
        (actor.acronyms, LinkMethod.ACRONYM),
        (actor.metonyms, LinkMethod.METONYM),
        (actor.demonyms, LinkMethod.DEMONYM),
    )
    seen: set[str] = set()
    for texts, method in kinds:
        for spelt in texts:
            text = squeeze(" ".join(spelt.split())).text
            if text not in seen:
                seen.add(text)
                yield Name(text, actor, method)


def further_names(actors: Iterable[Actor]) -> Iterator[Name]:
    """Yield the other spellings of the people among the actors, those of watched people first."""
    for actor in sorted(actors, key=lambda actor: not actor.watched):
        yield from (Name(squeeze(form).text, actor, LinkMethod.ALIAS) for form in name_forms(actor))


def watchlist_version(actors: Iterable[Actor]) -> str:
    """Return a short digest of what the actors say; their order does not matter."""
    return content_version("\n".join(sorted(actor.model_dump_json() for actor in actors)))


@cache
def ordinary_words() -> frozenset[str]:
    """Names that are everyday English words too, lower case."""
    lines = (resources.files("services.watchlist") / "data" / "ordinary_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _with_marks(text: str, end: int) -> int:
    """The end of the letter that ends before `end`: its marks may stand after it."""
    while end < len(text) and combining(text[end]):
        end += 1
    return end


def _preference(name: Name) -> tuple[int, bool, str]:
    return (_RANK[name.method], not name.actor.watched, name.actor.id)


def _longest(found: list[NameMatch]) -> Iterator[NameMatch]:
    found.sort(key=lambda match: (match.start, -match.end))
    reached = 0
    for match in found:
        if match.start >= reached:
            reached = match.end
            yield match


def _is_written(name: Name, text: str, start: int, end: int) -> bool:
    """Whether the case of `text[start:end]` fits the name."""
    if name.method is LinkMethod.ACRONYM or (name.text.isupper() and len(name.text) <= _SHORT_CAPITALS):
        return text[start:end] == name.text and not _is_shouted_word(text, start, end)
    return _has_capitals(name.text, text, start)


def _has_capitals(name: str, text: str, start: int) -> bool:
    """Whether each word that the name capitalises has a capital in the text; a single word needs one in any case."""
    single_word = " " not in name
    opening = True
    for offset, char in enumerate(name):
        if opening and (char.isupper() or (single_word and offset == 0)) and text[start + offset].islower():
            return False
        opening = not char.isalnum()
    return True


def _is_shouted_word(text: str, start: int, end: int) -> bool:
    """Whether an everyday word stands in a run of capitals: "TELL US MORE" does not name the United States."""
    if text[start:end].lower() not in ordinary_words():
        return False
    before = _WORD_BEFORE.search(text[max(0, start - _NEIGHBOUR) : start])
    after = _WORD_AFTER.match(text[end : end + _NEIGHBOUR])
    neighbours = [match[1] for match in (before, after) if match]
    return bool(neighbours) and all(word.isupper() and len(word) > 1 for word in neighbours)
