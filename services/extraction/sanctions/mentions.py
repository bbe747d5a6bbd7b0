"""Read the sanctions mentions out of an article: its triggers, what is said of each, and how sure that is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas import Actor, ArticleRef, Entity, Party, SanctionsMention
from services.core.identity import mention_id
from services.extraction.language import LanguageModel
from services.extraction.passages import Passage
from services.extraction.sanctions.judge import Judgement
from services.extraction.sanctions.knowledge import Knowledge
from services.extraction.sanctions.parties import SentenceNames, entities_by_token
from services.extraction.sanctions.reading import Reading, Sentence, read_trigger
from services.extraction.sanctions.reason import reason_of
from services.extraction.sanctions.triggers import find_triggers

_MAX_TRIGGERS = 16  # no sentence that people write holds more; without a bound a made-up one takes minutes
_REASON_STEPS = 3  # a reason further up the sentence is the reason of something else


@dataclass(frozen=True, slots=True)
class _Slots:
    """The parties of a mention."""

    senders: tuple[Party, ...]
    targets: tuple[Party, ...]
    parties: tuple[Party, ...]


class SanctionsReader:
    """Finds sanctions mentions in passages whose entities are known."""

    def __init__(self, model: LanguageModel, knowledge: Knowledge, actors: Mapping[str, Actor]) -> None:
        self._model = model
        self._vocabulary = knowledge.vocabulary
        self._judge = knowledge.judge
        self._references = knowledge.references
        self._actors = actors

    def read(self, article: ArticleRef, passage: Passage, entities: Sequence[Entity]) -> Iterator[SanctionsMention]:
        """Yield the sanctions mentions of one field in order.

        Args:
            article: What each mention carries of the article.
            passage: The field.
            entities: Those of this field, in order.
        """
        for reading in self.readings(passage, entities):
            judgement = self._judge.judge(reading)
            if judgement is None:
                continue
            found = self.mention(article, reading, judgement, self._judge.confidence(reading, judgement))
            yield self._with_references(found, reading, entities)

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
            triggers = find_triggers(sentence.doc, self._vocabulary, sentence.names.tokens)[:_MAX_TRIGGERS]
            for trigger in triggers:
                yield read_trigger(sentence, trigger, triggers, self._vocabulary)

    def _sentences(self, passage: Passage, entities: Sequence[Entity]) -> Iterator[Sentence]:
        pieces = [p for p in passage.sentences if self._vocabulary.may_hold_trigger(passage.clean[p.start : p.end])]
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
