"""Who else stands with a pair of actors, and how close: what rules for three actors and more go by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from schemas import Actor, ActorMention, Entity, NearbyActor, Scope, TextField
from services.extraction.passages import Passage, Piece

MAX_OTHERS = 16

_Spot = tuple[str, int]  # field, and where a sentence or paragraph begins in it


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
        self._sentences: dict[_Spot, dict[str, Place]] = defaultdict(dict)
        self._paragraphs: dict[_Spot, dict[str, Place]] = defaultdict(dict)
        self._sentences_of: dict[str, set[_Spot]] = defaultdict(set)
        self._paragraphs_of: dict[str, set[_Spot]] = defaultdict(set)
        starts: dict[str, dict[int, int]] = {}
        for place in places:
            actor, field = place.actor.id, place.entity.field
            if field not in starts:
                # The first sentence of a paragraph says where that begins, so it is the last to be entered.
                starts[field] = {piece.paragraph: piece.start for piece in reversed(place.passage.sentences)}
            sentence, paragraph = (field, place.sentence.start), (field, starts[field][place.sentence.paragraph])
            self._first.setdefault(actor, place)
            self._sentences[sentence].setdefault(actor, place)
            self._paragraphs[paragraph].setdefault(actor, place)
            self._sentences_of[actor].add(sentence)
            self._paragraphs_of[actor].add(paragraph)

    def others(self, first: str, second: str) -> tuple[NearbyActor, ...]:
        """Return the other watched actors, those who stand closest with both first; at most 16."""
        found: dict[str, tuple[Scope, Place, int]] = {}
        for scope, spots, spots_of in (
            (Scope.SENTENCE, self._sentences, self._sentences_of),
            (Scope.PARAGRAPH, self._paragraphs, self._paragraphs_of),
        ):
            # Those with most actors first: so that as many as possible share one.
            for spot in sorted(spots_of[first] & spots_of[second], key=lambda spot: (-len(spots[spot]), spot)):
                for actor, place in spots[spot].items():
                    found.setdefault(actor, (scope, place, spot[1]))
        for actor, place in self._first.items():
            if len(found) >= MAX_OTHERS + 2:  # the pair is among them, or does not matter
                break
            found.setdefault(actor, (Scope.ARTICLE, place, place.sentence.start))
        closest = sorted(
            (each for actor, each in found.items() if actor not in {first, second}),
            key=lambda each: (each[0].width, each[1].entity.field != TextField.TITLE, each[1].entity.start),
        )
        return tuple(_nearby(place, scope, start) for scope, place, start in closest[:MAX_OTHERS])


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
