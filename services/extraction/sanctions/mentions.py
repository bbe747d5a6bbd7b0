"""Read the sanctions mentions out of an article: its triggers, what is said of each, and how sure that is."""

from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Doc

from schemas import Actor, ArticleRef, Entity, Party, SanctionsMention, Status
from services.core.identity import mention_id
from services.extraction.language import LanguageModel
from services.extraction.passages import Passage, Piece
from services.extraction.sanctions.course import course_of, participles
from services.extraction.sanctions.parties import SentenceNames
from services.extraction.sanctions.reason import governors_of, reason_of
from services.extraction.sanctions.roles import Roles, Setting, roles_of
from services.extraction.sanctions.status import Standing, standing_of
from services.extraction.sanctions.triggers import Trigger, find_triggers
from services.extraction.sanctions.vocabulary import Needs, Vocabulary


def find_mentions(
    article: ArticleRef,
    passage: Passage,
    entities: Sequence[Entity],
    actors: Mapping[str, Actor],
    model: LanguageModel,
    vocabulary: Vocabulary,
) -> Iterator[SanctionsMention]:
    """Yield the sanctions mentions of one field in order; only sentences that may hold a trigger are parsed."""
    sentences = [s for s in passage.sentences if vocabulary.may_hold_trigger(passage.clean[s.start : s.end])]
    docs = model.parse([passage.clean[s.start : s.end] for s in sentences])
    inside = iter(entities)
    entity = next(inside, None)
    for sentence, doc in zip(sentences, docs, strict=True):
        own: list[Entity] = []
        while entity is not None and entity.start < sentence.end:
            if entity.end > sentence.start:
                own.append(entity)
            entity = next(inside, None)
        names = SentenceNames(passage, sentence.start, doc, own, actors, vocabulary)
        yield from _mentions(article, passage, sentence, doc, names, vocabulary)


def _mentions(
    article: ArticleRef, passage: Passage, sentence: Piece, doc: Doc, names: SentenceNames, vocabulary: Vocabulary
) -> Iterator[SanctionsMention]:
    triggers = find_triggers(doc, vocabulary, names.tokens)
    heads = [trigger.head for trigger in triggers]
    for trigger in triggers:
        head = trigger.head
        steps = course_of(head, vocabulary, verb=trigger.verb)
        described = [] if trigger.verb else participles(head, vocabulary)
        standing = standing_of(head, steps, described, vocabulary)
        siblings = [
            other for other in heads if other.i != head.i and (other.head.i == head.i or head.head.i == other.i)
        ]
        siblings = [other for other in siblings if "conj" in {other.dep_, head.dep_}]
        roles = roles_of(Setting(trigger, steps, described, siblings, vocabulary, names.name_of), standing.status)
        if not _is_mention(trigger, roles, names, vocabulary):
            continue
        reason = reason_of(
            list(governors_of([head, *(s.token for s in described), *(s.token for s in steps[:3])])), vocabulary
        )
        yield _mention(article, passage, sentence, doc, trigger, standing, _parties(roles, names), reason)


def _is_mention(trigger: Trigger, roles: Roles, names: SentenceNames, vocabulary: Vocabulary) -> bool:
    """Whether enough is named with the trigger, and no court or sports body does the punishing."""
    for sender in roles.senders:
        phrase = sender.doc[sender.left_edge.i : sender.i + 1]
        if any(word.lower() in vocabulary.words["other_authorities"] for word in (phrase.text, *phrase.text.split())):
            return False
    match trigger.needs:
        case Needs.NOTHING:
            return True
        case Needs.PARTY:
            return bool(roles.senders or roles.targets)
        case Needs.TARGET:
            return bool(roles.targets)
        case Needs.ACTOR:
            return any(
                target.i in names.tokens or target.lemma_.lower() in vocabulary.words["actor_nouns"]
                for target in roles.targets
            )


def _parties(roles: Roles, names: SentenceNames) -> tuple[tuple[Party, ...], ...]:
    """Each slot's parties; whoever fills one slot does not fill a later one."""
    slots: list[tuple[Party, ...]] = []
    for heads in (roles.targets, roles.senders, roles.parties):
        parties: dict[tuple[int, int], Party] = {}
        for head in heads:
            party = names.party(head)
            if not any((party.start, party.end) == (p.start, p.end) for slot in slots for p in slot):
                parties[party.start, party.end] = party
        slots.append(tuple(parties.values()))
    return slots[1], slots[0], slots[2]


def _mention(
    article: ArticleRef,
    passage: Passage,
    sentence: Piece,
    doc: Doc,
    trigger: Trigger,
    standing: Standing,
    slots: tuple[tuple[Party, ...], ...],
    reason: tuple[int, int] | None,
) -> SanctionsMention:
    senders, targets, parties = slots
    offset = sentence.start
    words = passage.span(offset + trigger.first.idx, offset + trigger.head.idx + len(trigger.head))
    why = None
    if reason is not None:
        last = doc[reason[1] - 1]
        why = passage.span(offset + doc[reason[0]].idx, offset + last.idx + len(last))
    says = [trigger.measure, standing.status, str(standing.negated)]
    for slot in (senders, targets, parties):
        says.append(";".join(f"{party.start}-{party.end}" for party in slot))
    return SanctionsMention(
        id=mention_id(article.id, words, says),
        article=article,
        measure=trigger.measure,
        status=standing.status,
        negated=standing.negated,
        senders=senders,
        targets=targets,
        parties=parties,
        trigger=words,
        evidence=passage.span(sentence.start, sentence.end),
        reason=why,
        confidence=_confidence(standing, senders, targets),
    )


def _confidence(standing: Standing, senders: Sequence[Party], targets: Sequence[Party]) -> float:
    """Between 0.3 and 0.95: what is named, linked and said outright counts."""
    score = 0.3
    score += 0.2 if senders else 0.05
    score += 0.25 if targets else 0.0
    score += 0.1 if standing.explicit else 0.0
    score += 0.1 if any(party.actor_id for party in (*senders, *targets)) else 0.0
    if standing.status is not Status.IMPOSED or standing.negated:
        score -= 0.1
    return round(max(0.3, min(0.95, score)), 2)
