"""Find the names of known actors in text: their rarest words lead to them, then it is looked how they are written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schemas import Actor, LinkMethod
from services.watchlist.forms import name_forms
from services.watchlist.holding import HeldActor, HeldActors, Name
from services.watchlist.phrases import Phrases
from services.watchlist.spelling import Spellings
from services.watchlist.word_counts import word_totals
from services.watchlist.words import Words
from services.watchlist.writing import read_name

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


@dataclass(frozen=True, slots=True)
class NameMatch:
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
            if words := Words(text).listed:
                self._phrases.add(words, Name(text, held, method))

    def remove(self, actor_id: str) -> None:
        """Look for the names of an actor no more, if they are looked for."""
        held = self._held.pop(actor_id, None)
        if held is None:
            return
        for text, _ in names_of(held.actor):
            if words := Words(text).listed:
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
        return list(_longest(self._find(text)))

    def _find(self, text: str) -> Iterator[NameMatch]:
        words = Words(text)
        for first, phrase in self._phrases.find(words.listed):
            by_span: dict[tuple[int, int], list[Name]] = defaultdict(list)
            for name in phrase.items:
                if written := read_name(text, words, first, name):
                    as_written = name if written.method is name.method else replace(name, method=written.method)
                    by_span[written.start, written.end].append(as_written)
            for span, names in by_span.items():
                yield NameMatch(*span, tuple(sorted(names, key=_preference)))


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


def _longest(found: Iterable[NameMatch]) -> Iterator[NameMatch]:
    reached = 0
    for match in sorted(found, key=lambda match: (match.start, -match.end)):
        if match.start >= reached:
            reached = match.end
            yield match
