"""Turn the head of a phrase into a party: the span as named in the text, linked to an actor where one is known."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from spacy.tokens import Doc, Token

from schemas import Actor, Entity, EntityLabel, Party
from services.extraction.passages import Passage
from services.extraction.sanctions.syntax import children, noun_phrase, own_subject, subject_of
from services.extraction.sanctions.vocabulary import Vocabulary

_PERSONAL = frozenset({"it", "they", "he", "she"})
_POSSESSIVE = frozenset({"its", "their", "his", "her"})


def entities_by_token(doc: Doc, offset: int, entities: Iterable[Entity]) -> dict[int, Entity]:
    """Return, for each index of a token that shares a code point with an entity, that entity.

    Args:
        doc: A sentence.
        offset: Where in the field it starts.
        entities: Those that stand in it.
    """
    found: dict[int, Entity] = {}
    starts = [token.idx for token in doc]
    for entity in entities:
        first = max(0, bisect_right(starts, entity.start - offset) - 1)
        for token in doc[first:]:
            if token.idx + offset >= entity.end:
                break
            if token.idx + len(token) + offset > entity.start:
                found[token.i] = entity
    return found


class SentenceNames:
    """The entities of one parsed sentence, by token."""

    def __init__(
        self,
        passage: Passage,
        offset: int,
        entities: Mapping[int, Entity],
        actors: Mapping[str, Actor],
        vocabulary: Vocabulary,
    ) -> None:
        """Take what is known of a sentence.

        Args:
            passage: The field that it stands in.
            offset: Where in the field it starts.
            entities: For each index of a token that is part of an entity, the entity.
            actors: Known actors by id.
            vocabulary: The words known.
        """
        self._passage = passage
        self._offset = offset
        self._entities = entities
        self._actors = actors
        self._vocabulary = vocabulary

    @property
    def tokens(self) -> frozenset[int]:
        """Indices of the tokens that are part of an entity."""
        return frozenset(self._entities)

    def name_of(self, token: Token) -> str | None:
        """Return the name that a token is part of, lower case: the actor's if it is linked."""
        entity = self._entities.get(token.i)
        if entity is None:
            return None
        return (entity.name or entity.text).lower()

    def label_of(self, token: Token) -> EntityLabel | None:
        """Return the kind of entity that a token is part of, or None if it is part of none."""
        entity = self._entities.get(token.i)
        return entity.label if entity is not None else None

    def party(self, head: Token) -> Party:
        """Return the phrase around `head` as a party; of a pronoun, what it stands for where the sentence says so."""
        entity = self._entities.get(head.i)
        if entity is not None:
            return self._party(entity.start, entity.end, entity.actor_id)
        for apposed in children(head, "appos"):  # "the contractor Wagner Group"
            if apposed.i in self._entities and head.pos_ != "PRON":
                return self.party(apposed)
        first, last = noun_phrase(head)
        start, end = first.idx + self._offset, last.idx + len(last) + self._offset
        if head.lower_ in _PERSONAL | _POSSESSIVE and (meant := _antecedent(head)) is not None:
            return self.party(meant)
        return self._party(start, end, self._stands_for(first, head))

    def _stands_for(self, first: Token, head: Token) -> str | None:
        """The actor of "the Iranian government"; "Russian artists" are not Russia."""
        if head.lemma_.lower() not in self._vocabulary.words["state_nouns"]:
            return None
        inside = (self._entities.get(i) for i in range(first.i, head.i))
        return next((entity.actor_id for entity in inside if entity is not None and entity.actor_id), None)

    def _party(self, start: int, end: int, actor_id: str | None) -> Party:
        actor = self._actors.get(actor_id) if actor_id else None
        return Party(
            **self._passage.span(start, end).model_dump(),
            actor_id=actor.id if actor else None,
            name=actor.name if actor else None,
        )


def _antecedent(pronoun: Token) -> Token | None:
    """What "it" stands for in "Japan said it will impose": the subject of the clause around its own."""
    verb = pronoun.head
    if pronoun.lower_ in _POSSESSIVE:
        while verb.pos_ not in {"VERB", "AUX"} and verb.head.i != verb.i:
            verb = verb.head
        subject = subject_of(verb)
        return subject if subject is not None and subject.pos_ != "PRON" else None
    for _ in range(6):
        if verb.head.i == verb.i or verb.dep_ not in {"ccomp", "advcl", "conj", "xcomp", "pcomp", "prep"}:
            return None
        verb = verb.head
        subject = own_subject(verb) if verb.pos_ in {"VERB", "AUX"} else None
        if subject is not None and subject.i != pronoun.i and subject.i < pronoun.i:
            return subject if subject.pos_ != "PRON" else None
    return None
