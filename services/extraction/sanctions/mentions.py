"""Read the sanctions mentions out of an article: its triggers, what is said of each, and how sure that is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from schemas import Actor, ArticleRef, Entity, Party, SanctionsMention, Span, Status
from services.core.identity import mention_id
from services.extraction.language import LanguageModel
from services.extraction.passages import Passage, Piece
from services.extraction.sanctions.course import course_of, participles
from services.extraction.sanctions.parties import SentenceNames, entities_by_token
from services.extraction.sanctions.reason import reason_of
from services.extraction.sanctions.roles import Roles, roles_of
from services.extraction.sanctions.setting import Setting
from services.extraction.sanctions.status import Standing, standing_of
from services.extraction.sanctions.triggers import Trigger, find_triggers
from services.extraction.sanctions.vocabulary import Needs, Vocabulary

_MAX_TRIGGERS = 16  # no sentence that people write holds more; without a bound a made-up one takes minutes
_REASON_STEPS = 3  # a reason further up the sentence is the reason of something else


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A parsed sentence, where it stands and whom it names."""

    passage: Passage
    piece: Piece
    doc: Doc
    names: SentenceNames

    def span(self, first: Token, last: Token) -> Span:
        """The text from one token to another."""
        offset = self.piece.start
        return self.passage.span(offset + first.idx, offset + last.idx + len(last))


@dataclass(frozen=True, slots=True)
class _Slots:
    """The parties of a mention."""

    senders: tuple[Party, ...]
    targets: tuple[Party, ...]
    parties: tuple[Party, ...]


class SanctionsReader:
    """Finds sanctions mentions in passages whose entities are known."""

    def __init__(self, model: LanguageModel, vocabulary: Vocabulary, actors: Mapping[str, Actor]) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._actors = actors

    def read(self, article: ArticleRef, passage: Passage, entities: Sequence[Entity]) -> Iterator[SanctionsMention]:
        """Yield the sanctions mentions of one field in order.

        Only the sentences that may hold a trigger are parsed.

        Args:
            article: What each mention carries of the article.
            passage: The field.
            entities: Those of this field, in order.
        """
        for sentence in self._sentences(passage, entities):
            triggers = find_triggers(sentence.doc, self._vocabulary, sentence.names.tokens)[:_MAX_TRIGGERS]
            for trigger in triggers:
                mention = self._mention(article, sentence, trigger, triggers)
                if mention is not None:
                    yield mention

    def _sentences(self, passage: Passage, entities: Sequence[Entity]) -> Iterator[_Sentence]:
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
            yield _Sentence(passage, piece, doc, names)

    def _mention(
        self, article: ArticleRef, sentence: _Sentence, trigger: Trigger, triggers: Sequence[Trigger]
    ) -> SanctionsMention | None:
        """The mention that a trigger makes, or None if too little is named with it."""
        head, vocabulary = trigger.head, self._vocabulary
        steps = course_of(head, vocabulary, verb=trigger.verb)
        described = [] if trigger.verb else participles(head, vocabulary)
        standing = standing_of(head, steps, described, vocabulary)
        siblings = [other.head for other in triggers if _are_joined(head, other.head)]
        setting = Setting(trigger, steps, described, siblings, vocabulary, sentence.names.name_of)
        roles = roles_of(setting, standing.status)
        if not _names_enough(trigger, roles, sentence, vocabulary) or _is_other_authority(roles.senders, vocabulary):
            return None
        governors = [head, *(step.token for step in described), *(step.token for step in steps[:_REASON_STEPS])]
        reason = reason_of(governors, vocabulary)
        slots = _slots(roles, sentence.names)
        words = sentence.span(trigger.first, head)
        says = [trigger.measure, standing.status, str(standing.negated), *_positions(slots)]
        return SanctionsMention(
            id=mention_id(article.id, words, says),
            article=article,
            measure=trigger.measure,
            status=standing.status,
            negated=standing.negated,
            senders=slots.senders,
            targets=slots.targets,
            parties=slots.parties,
            trigger=words,
            evidence=sentence.passage.span(sentence.piece.start, sentence.piece.end),
            reason=None if reason is None else sentence.span(*reason),
            confidence=_confidence(standing, slots),
        )


def _are_joined(head: Token, other: Token) -> bool:
    """Whether two triggers are joined by "and": "sanctions on China and tariffs on imports"."""
    if head.i == other.i:
        return False
    return (other.dep_ == "conj" and other.head.i == head.i) or (head.dep_ == "conj" and head.head.i == other.i)


def _is_other_authority(senders: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether a court, a sports body or a supervisor of markets does the punishing."""
    known = vocabulary.words["other_authorities"]
    for sender in senders:
        phrase = sender.doc[sender.left_edge.i : sender.i + 1].text.lower()
        if phrase in known or not known.isdisjoint(phrase.split()):
            return True
    return False


def _names_enough(trigger: Trigger, roles: Roles, sentence: _Sentence, vocabulary: Vocabulary) -> bool:
    """Whether what the trigger needs is named with it."""
    match trigger.needs:
        case Needs.NOTHING:
            return True
        case Needs.PARTY:
            return bool(roles.senders or roles.targets or roles.parties)
        case Needs.TARGET:
            return bool(roles.targets)
        case Needs.ACTOR:
            known = vocabulary.words["actor_nouns"]
            return any(t.i in sentence.names.tokens or t.lemma_.lower() in known for t in roles.targets)


def _slots(roles: Roles, names: SentenceNames) -> _Slots:
    """Each slot's parties; whoever is a target is no sender, and whoever is either is no further party."""
    taken: set[tuple[int, int]] = set()
    filled = []
    for heads in (roles.targets, roles.senders, roles.parties):
        found = {(party.start, party.end): party for party in map(names.party, heads)}
        filled.append(tuple(party for place, party in found.items() if place not in taken))
        taken.update(found)
    targets, senders, parties = filled
    return _Slots(senders, targets, parties)


def _positions(slots: _Slots) -> Iterator[str]:
    for slot in (slots.senders, slots.targets, slots.parties):
        yield ";".join(f"{party.start}-{party.end}" for party in slot)


def _confidence(standing: Standing, slots: _Slots) -> float:
    """Between 0.3 and 0.95: what is named, linked and said outright counts."""
    score = 0.3
    score += 0.2 if slots.senders else 0.05
    score += 0.25 if slots.targets else 0.0
    score += 0.1 if standing.explicit else 0.0
    score += 0.1 if any(party.actor_id for party in (*slots.senders, *slots.targets)) else 0.0
    if standing.status is not Status.IMPOSED or standing.negated:
        score -= 0.1
    return round(max(0.3, min(0.95, score)), 2)
