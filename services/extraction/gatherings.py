"""Who else stands with a pair of actors, and how close: what rules for three actors and more go by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas import Actor, ActorMention, Entity, NearbyActor, Scope
from services.extraction.passages import Passage, Piece

MAX_OTHERS = 16

_Spot = tuple[str, int]  # field, and where a sentence begins in it or which paragraph it is


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of a watched actor and the sentence it stands in."""

    entity: Entity
    actor: Actor
    passage: Passage
    sentence: Piece


class Gatherings:
    """Which watched actors of an article stand in which sentences and paragraphs."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Sort the mentions, given in the order of the text."""
        self._first: dict[str, Place] = {}
        self._sentences: dict[str, dict[_Spot, Place]] = defaultdict(dict)
        self._paragraphs: dict[str, dict[_Spot, Place]] = defaultdict(dict)
        self._crowd: dict[_Spot, set[str]] = defaultdict(set)
        self._starts: dict[_Spot, int] = {}  # of paragraphs
        for place in places:
            actor, field = place.actor.id, place.entity.field
            sentence, paragraph = (field, place.sentence.start), (field, place.sentence.paragraph)
            self._first.setdefault(actor, place)
            self._sentences[actor].setdefault(sentence, place)
            self._paragraphs[actor].setdefault(paragraph, place)
            self._crowd[sentence].add(actor)
            if paragraph not in self._starts:
                pieces = place.passage.sentences
                self._starts[paragraph] = next(p.start for p in pieces if p.paragraph == place.sentence.paragraph)

    def others(self, first: str, second: str) -> tuple[NearbyActor, ...]:
        """Return the other watched actors, those who stand closest with both first; at most 16."""
        sentences = self._shared(self._sentences, first, second)
        paragraphs = self._shared(self._paragraphs, first, second)
        found = [self._nearby(actor, sentences, paragraphs) for actor in self._first if actor not in {first, second}]
        found.sort(key=lambda other: (other.scope.width, other.field != "title", other.start, other.actor_id))
        return tuple(found[:MAX_OTHERS])

    def _shared(self, spots: dict[str, dict[_Spot, Place]], first: str, second: str) -> list[_Spot]:
        """Spots that hold both, those that hold most actors first: so that as many as possible share one."""
        both = spots[first].keys() & spots[second].keys()
        return sorted(both, key=lambda spot: (-len(self._crowd.get(spot, ())), spot))

    def _nearby(self, actor: str, sentences: Sequence[_Spot], paragraphs: Sequence[_Spot]) -> NearbyActor:
        for spot in sentences:
            if place := self._sentences[actor].get(spot):
                return _nearby(place, Scope.SENTENCE, spot[1])
        for spot in paragraphs:
            if place := self._paragraphs[actor].get(spot):
                return _nearby(place, Scope.PARAGRAPH, self._starts[spot])
        place = self._first[actor]
        return _nearby(place, Scope.ARTICLE, place.sentence.start)


def mention_of(place: Place) -> ActorMention:
    """Return a mention with what rules ask about its actor."""
    entity, actor = place.entity, place.actor
    return ActorMention(
        field=entity.field,
        start=entity.start,
        end=entity.end,
        text=entity.text,
        actor_id=actor.id,
        name=actor.name,
        type=actor.type,
        countries=actor.countries,
        tags=actor.tags,
        lists=actor.lists,
        method=entity.method,
        score=entity.score,
    )


def _nearby(place: Place, scope: Scope, start: int) -> NearbyActor:
    return NearbyActor(**dict(mention_of(place)), scope=scope, place=start)
