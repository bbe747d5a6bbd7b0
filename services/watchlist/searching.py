"""Find the entries of a watchlist that a name may mean, however it is spelt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas import Actor, ActorType
from services.watchlist.folding import fold
from services.watchlist.likeness.latin import latin_words
from services.watchlist.likeness.score import LIKELY, name_likeness
from services.watchlist.likeness.word_pairs import sound_of


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the name of it that is most like the one that was searched for.

    Attributes:
        actor: The entry.
        name: One of its names.
        likeness: How likely the two names are of one bearer, from 0 to 1.
        has_words: Whether all words that were searched for stand in one of its names.
    """

    actor: Actor
    name: str
    likeness: float
    has_words: bool


def search(actors: Iterable[Actor], name: str, kind: ActorType | None = None) -> list[Found]:
    """Return who has a name with these words, or one that is likely of the same bearer; the likeliest first.

    Args:
        actors: The entries.
        name: What is searched for: a name, or words of one.
        kind: Only actors of this type; None: of any.
    """
    words, sounds = set(_words(name)), sounds_of(name)
    found = (
        best
        for actor in actors
        if kind in {None, actor.type} and (best := _best(actor, name, words, sounds)) is not None
    )
    return sorted(found, key=lambda each: (-each.likeness, not each.has_words, each.actor.id))


def sounds_of(name: str) -> frozenset[str]:
    """Return the sounds of the words of a name, and of all together; names of one bearer nearly always share one."""
    sounds = [sound_of(word) for word in latin_words(name)]
    joined = {"".join(sounds), "".join(sorted(sounds))}
    return frozenset({*(sound for sound in sounds if len(sound) > 1), *joined} - {""})


def _best(actor: Actor, name: str, words: set[str], sounds: frozenset[str]) -> Found | None:
    found = list(_likely(actor, name, words, sounds))
    return max(found, key=lambda each: (each.likeness, each.has_words), default=None)


def _likely(actor: Actor, name: str, words: set[str], sounds: frozenset[str]) -> Iterator[Found]:
    for own in (actor.name, *actor.aliases, *actor.weak_aliases):
        has_words = words.issubset(_words(own))
        if has_words or not sounds.isdisjoint(sounds_of(own)):
            likeness = name_likeness(name, own, actor.type)
            if has_words or likeness >= LIKELY:
                yield Found(actor, own, likeness, has_words)


def _words(name: str) -> list[str]:
    return fold(name).replace(",", " ").split()
