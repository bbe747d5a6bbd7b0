"""Find the names of known actors in text: their rarest words lead to them, then it is looked how they are written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from schemas import Actor, LinkMethod
from services.watchlist.forms import name_forms
from services.watchlist.holding import HeldActor, HeldActors, Name
from services.watchlist.phrases import Phrases
from services.watchlist.spelling import Spellings
from services.watchlist.word_counts import word_totals
from services.watchlist.words import Words, split_words
from services.watchlist.writing import Reading

_RANK = {
    method: rank
    for rank, method in enumerate(
        (
            LinkMethod.NAME,
            LinkMethod.ALIAS,
            LinkMethod.ACRONYM,
            LinkMethod.METONYM,
            LinkMethod.DEMONYM,
            LinkMethod.VARIANT,
            LinkMethod.WEAK_ALIAS,
        )
    )
}
_Found = dict[tuple[int, int], list[Name]]  # by start and negative end: of those that begin alike the longest is first


class NameMatch(NamedTuple):
    """A stretch of text that is a name of these actors.

    Attributes:
        start: Index of the first code point.
        end: One past the last code point.
        names: At least one; best first: proper names before aliases, acronyms, metonyms, demonyms and variants, and
            watched actors before others. The method of each is that by which it is the name here.
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
        return any(n.held.id != best.held.id and n.method is best.method for n in self.names[1:])


class NameMatcher:
    """The names of actors, each of whom can be put in and taken out. Not for several threads at a time."""

    def __init__(self, actors: Iterable[Actor] = ()) -> None:
        self._phrases: Phrases[Name] = Phrases(word_totals(), Spellings().__getitem__)
        self._held: dict[str, HeldActor] = {}
        self.actors: Mapping[str, Actor] = HeldActors(self._held)
        for actor in actors:
            self.put(actor)

    def put(self, actor: Actor, json: bytes | None = None) -> None:
        """Look for the names of an actor, instead of those of whoever had its id.

        Args:
            actor: The actor.
            json: The same as JSON, if that is to be held instead: it takes a fraction of the memory.
        """
        self.remove(actor.id)
        held = self._held[actor.id] = HeldActor(actor, json)
        for text, method in names_of(actor):
            if words := split_words(text):
                self._phrases.add(words, Name(text, held, method))

    def remove(self, actor_id: str) -> None:
        """Look for the names of an actor no more, if they are looked for."""
        held = self._held.pop(actor_id, None)
        if held is None:
            return
        for text, _ in names_of(held.actor):
            if words := split_words(text):
                self._phrases.discard(words, lambda name: name.held is held)

    def canonical(self, name: Name) -> Name:
        """Return the name as that of the entry that stands for all entries of its bearer (`same_as`).

        Of one's own entries and those of official lists that is one's own, else the first by id.
        """
        if not name.held.same_as:
            return name
        entries = [self._held[each] for each in (name.held.id, *name.held.same_as) if each in self._held]
        first = min(entries, key=lambda held: (held.listed, held.id), default=name.held)
        return name if first is name.held else replace(name, held=first)

    def match(self, text: str) -> list[NameMatch]:
        """Return the names in `text`, in order and without overlaps; of overlapping ones the leftmost longest."""
        words = Words(text)
        reading = Reading(text, words)
        found: _Found = {}
        for phrase, firsts in self._phrases.find(words.listed).items():
            for name in phrase.items:
                for start, end, method in reading.find(name, firsts):
                    as_written = name if method is name.method else replace(name, method=method)
                    found.setdefault((start, -end), []).append(as_written)
        return list(_longest(found))


def names_of(actor: Actor) -> Iterator[tuple[str, LinkMethod]]:
    """Yield every name of an actor once, with single spaces; variants last."""
    kinds = (
        ((actor.name,), LinkMethod.NAME),
        (actor.aliases, LinkMethod.ALIAS),
        (actor.acronyms, LinkMethod.ACRONYM),
        (actor.metonyms, LinkMethod.METONYM),
        (actor.demonyms, LinkMethod.DEMONYM),
        (name_forms(actor), LinkMethod.VARIANT),
        (actor.weak_aliases, LinkMethod.WEAK_ALIAS),
    )
    seen: set[str] = set()
    for texts, method in kinds:
        for spelt in texts:
            text = " ".join(spelt.split())
            if text not in seen:
                seen.add(text)
                yield text, method


def _preference(name: Name) -> tuple[bool, bool, int, str]:
    """Proper names first; of those, first those of watched actors."""
    rank = _RANK[name.method]
    is_proper = rank <= _RANK[LinkMethod.ACRONYM]
    return (not is_proper, is_proper and not name.held.watched, rank, name.held.id)


def _longest(found: _Found) -> Iterator[NameMatch]:
    reached = 0
    for (start, minus_end), names in sorted(found.items()) if len(found) > 1 else found.items():
        if start >= reached:
            reached = -minus_end
            yield NameMatch(start, reached, tuple(names if len(names) == 1 else sorted(names, key=_preference)))
