"""Read the sanctions mentions out of an article: its triggers, what is said of each, and how sure that is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from schemas import Actor, ArticleRef, Entity, Party, SanctionsMention
from services.core.identity import mention_id
from services.extraction.language import LanguageModel
from services.extraction.passages import Passage, Piece
from services.extraction.sanctions.judge import Judgement, implied_by
from services.extraction.sanctions.knowledge import Knowledge
from services.extraction.sanctions.parties import SentenceNames, entities_by_token
from services.extraction.sanctions.reading import Reading, Sentence, read_trigger
from services.extraction.sanctions.reason import reason_of
from services.extraction.sanctions.triggers import find_triggers

# No sentence and no article that people write holds more; without a bound a made-up one takes minutes.
_MAX_TRIGGERS = 16
MAX_READ = 2_000
_IMPLIED = 0.3  # confidence of what is only implied
_NEAR = 5  # code points between the sentence that says it and the one that goes on
_REASON_STEPS = 3  # a reason further up the sentence is the reason of something else


@dataclass(frozen=True, slots=True)
class _Slots:
    """The parties of a mention."""

    senders: tuple[Party, ...]
    targets: tuple[Party, ...]
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The mentions of a field.

    Attributes:
        mentions: In order.
        unread: Sentences that may hold further ones and were not read, or not to their end, as bounds were reached.
    """

    mentions: tuple[SanctionsMention, ...]
    unread: int


class SanctionsReader:
    """Finds sanctions mentions in passages whose entities are known."""

    def __init__(self, model: LanguageModel, knowledge: Knowledge, actors: Mapping[str, Actor]) -> None:
        self._model = model
        self._vocabulary = knowledge.vocabulary
        self._judge = knowledge.judge
        self._references = knowledge.references
        self._actors = actors

    def read(self, article: ArticleRef, passage: Passage, entities: Sequence[Entity]) -> Found:
        """Return the sanctions mentions of one field.

        Args:
            article: What each mention carries of the article.
            passage: The field.
            entities: Those of this field, in order.
        """
        mentions: list[SanctionsMention] = []
        last = cut = count = 0
        for reading in islice(self.readings(passage, entities), MAX_READ):
            count, cut, last = count + 1, cut + reading.cut, reading.sentence.piece.start
            found = self._found(article, reading, mentions)
            if found is not None:
                mentions.append(self._with_references(found, reading, entities))
        rest = (piece for piece in passage.sentences if count == MAX_READ and piece.start > last)
        return Found(tuple(mentions), cut + sum(self._may_hold_trigger(passage, piece) for piece in rest))

    def _found(
        self, article: ArticleRef, reading: Reading, before: Sequence[SanctionsMention]
    ) -> SanctionsMention | None:
        if reading.setting.trigger.implied:
            near = before and before[-1].evidence.end <= reading.sentence.piece.start <= before[-1].evidence.end + _NEAR
            judgement = implied_by(before[-1].status, reading) if near else None
            return self.mention(article, reading, judgement, _IMPLIED) if judgement else None
        judgement = self._judge.judge(reading)
        if judgement is None:
            return None
        return self.mention(article, reading, judgement, self._judge.confidence(reading, judgement))

    def _with_references(
        self, mention: SanctionsMention, reading: Reading, entities: Sequence[Entity]
    ) -> SanctionsMention:
        """The mention with its pronouns and bare nouns linked to whom they stand for."""
        passage, sentence = reading.sentence.passage, reading.sentence.piece

        def linked(parties: Iterable[Party]) -> tuple[Party, ...]:
            return tuple(
                self._references.resolve(party, passage, sentence, entities, self._actors) for party in parties
            )

        return mention.model_copy(
            update={
                "senders": linked(mention.senders),
                "targets": linked(mention.targets),
                "parties": linked(mention.parties),
            }
        )

    def readings(self, passage: Passage, entities: Sequence[Entity]) -> Iterator[Reading]:
        """Yield what the rules read of each trigger of one field; only sentences that may hold one are parsed."""
        for sentence in self._sentences(passage, entities):
            triggers = find_triggers(sentence.doc, self._vocabulary, sentence.names.tokens)
            for number, trigger in enumerate(triggers[:_MAX_TRIGGERS], 1):
                reading = read_trigger(sentence, trigger, triggers[:_MAX_TRIGGERS], self._vocabulary)
                yield replace(reading, cut=number == _MAX_TRIGGERS < len(triggers))

    def _worth_parsing(self, passage: Passage) -> Iterator[Piece]:
        """The sentences that may hold a trigger, and those right behind that may go on with what they say."""
        behind = False
        for piece in passage.sentences:
            holds = self._may_hold_trigger(passage, piece)
            if holds or (behind and self._vocabulary.may_imply(passage.clean[piece.start : piece.end])):
                yield piece
            behind = holds

    def _may_hold_trigger(self, passage: Passage, piece: Piece) -> bool:
        return self._vocabulary.may_hold_trigger(passage.clean[piece.start : piece.end])

    def _sentences(self, passage: Passage, entities: Sequence[Entity]) -> Iterator[Sentence]:
        pieces = list(self._worth_parsing(passage))
        docs = self._model.parse([passage.clean[p.start : p.end] for p in pieces])
        reached = 0
        for piece, doc in zip(pieces, docs, strict=True):
            while reached < len(entities) and entities[reached].end <= piece.start:
                reached += 1
            inside = []
            for entity in entities[reached : reached + len(doc)]:
                if entity.start >= piece.end:
                    break
                inside.append(entity)
            by_token = entities_by_token(doc, piece.start, inside)
            names = SentenceNames(passage, piece.start, by_token, self._actors, self._vocabulary)
            yield Sentence(passage, piece, doc, names)

    def mention(
        self, article: ArticleRef, reading: Reading, judgement: Judgement, confidence: float
    ) -> SanctionsMention:
        """Return the mention that a judged reading makes."""
        setting, sentence = reading.setting, reading.sentence
        trigger = setting.trigger
        described = [step.token for step in setting.described]
        governors = [trigger.head, *described, *(step.token for step in setting.steps[:_REASON_STEPS])]
        reason = reason_of(governors, self._vocabulary)
        slots = _slots(reading, judgement)
        words = sentence.span(trigger.first, trigger.head)
        negated = reading.standing.negated
        says = [trigger.measure, judgement.status, str(negated), *_positions(slots)]
        return SanctionsMention(
            id=mention_id(article.id, words, says),
            article=article,
            measure=trigger.measure,
            status=judgement.status,
            negated=negated,
            senders=slots.senders,
            targets=slots.targets,
            parties=slots.parties,
            trigger=words,
            evidence=sentence.passage.span(sentence.piece.start, sentence.piece.end),
            reason=None if reason is None else sentence.span(*reason),
            confidence=round(confidence, 2),
        )


def _slots(reading: Reading, judgement: Judgement) -> _Slots:
    """Each slot's parties; whoever is a target is no sender, and whoever is either is no further party."""
    taken: set[tuple[int, int]] = set()
    filled = []
    chosen = [choice.candidate.parties if choice.candidate else () for choice in (judgement.target, judgement.sender)]
    further = tuple(map(reading.sentence.names.party, reading.roles.parties))
    for slot in (*chosen, further):
        found = {(party.start, party.end): party for party in slot}
        filled.append(tuple(party for place, party in found.items() if place not in taken))
        taken.update(found)
    targets, senders, parties = filled
    return _Slots(senders, targets, parties)


def _positions(slots: _Slots) -> Iterator[str]:
    for slot in (slots.senders, slots.targets, slots.parties):
        yield ";".join(f"{party.start}-{party.end}" for party in slot)
