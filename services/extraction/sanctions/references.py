"""Say whom a pronoun or a bare noun stands for where the text before names somebody of that kind."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas import Actor, ActorType, Entity, LinkMethod, Party
from services.extraction.lexicon import yaml_data
from services.extraction.passages import Passage, Piece

_REACH = 600  # code points; what is named further back has been left behind
# "Russian" names nobody that "the country" could go back to.
_NO_REFERENTS = frozenset({LinkMethod.DEMONYM})


@dataclass(frozen=True, slots=True)
class References:
    """Which kinds of actor each word can stand for, lower case."""

    pronouns: Mapping[str, frozenset[ActorType]]
    descriptions: Mapping[str, frozenset[ActorType]]

    def resolve(
        self,
        party: Party,
        passage: Passage,
        sentence: Piece,
        entities: Sequence[Entity],
        actors: Mapping[str, Actor],
    ) -> Party:
        """Return the party linked to whom its words stand for, or as it is where that is not known.

        Args:
            party: Somebody who fills a slot; its span stays as it is.
            passage: The field it stands in.
            sentence: The sentence it stands in.
            entities: Those of the field, in order.
            actors: Known actors by id.
        """
        word = party.text.lower()
        if party.actor_id is not None or (word not in self.pronouns and word not in self.descriptions):
            return party
        if word in self.pronouns:
            kinds, (start, end) = self.pronouns[word], _sentence_before(passage, sentence)
        else:
            kinds, (start, end) = self.descriptions[word], (party.start - _REACH, party.start)
        named = [actor for actor in _actors_between(entities, start, end, actors) if actor.type in kinds]
        if not named:
            return party
        meant = named[0] if word in self.pronouns else named[-1]
        return party.model_copy(update={"actor_id": meant.id, "name": meant.name})


def _actors_between(entities: Sequence[Entity], start: int, end: int, actors: Mapping[str, Actor]) -> Iterator[Actor]:
    """The actors that are named in `[start, end)`, in order."""
    for entity in entities[bisect_left(entities, start, key=lambda entity: entity.start) :]:
        if entity.start >= end:
            return
        actor = actors.get(entity.actor_id) if entity.actor_id else None
        if actor is not None and entity.method not in _NO_REFERENTS:
            yield actor


def load_references() -> References:
    """Return the references that ship with Sightline.

    Raises:
        ValueError: The data file names an unknown kind of actor.
    """
    data: dict[str, Any] = yaml_data("references")
    descriptions: dict[str, set[ActorType]] = {}
    for kind, words in data["descriptions"].items():
        for word in words:
            descriptions.setdefault(word, set()).add(ActorType(kind))
    return References(
        pronouns={word: _kinds(kinds) for word, kinds in data["pronouns"].items()},
        descriptions={word: frozenset(kinds) for word, kinds in descriptions.items()},
    )


def _kinds(names: Iterable[str]) -> frozenset[ActorType]:
    return frozenset(ActorType(name) for name in names)


def _sentence_before(passage: Passage, sentence: Piece) -> tuple[int, int]:
    """Bounds of the sentence before, of the same paragraph or the one before; an empty stretch where there is none."""
    number = bisect_left(passage.sentences, sentence.start, key=lambda piece: piece.start)
    if number == 0:
        return 0, 0
    before = passage.sentences[number - 1]
    return before.start, before.end
