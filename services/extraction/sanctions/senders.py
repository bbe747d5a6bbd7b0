"""Find who imposes a measure, and who else proposes, opposes or evades it."""

from collections.abc import Iterator

from spacy.tokens import Token

from schemas import Status
from services.extraction.sanctions.course import Step
from services.extraction.sanctions.setting import (
    Setting,
    anchors_of,
    expanded,
    is_against,
    is_name,
    is_usual_sender,
    premodifiers_of,
)
from services.extraction.sanctions.syntax import is_passive, objects_of_preposition, own_subject, owner_of, subject_of
from services.extraction.sanctions.vocabulary import Role

_MAX_MAKERS = 4
_EMPTY_SUBJECTS = frozenset({"it", "there", "this", "that", "which", "what"})


def sender_sources(setting: Setting, *, has_target: bool) -> dict[str, list[Token]]:
    """Return, for each place of the sentence that can say who imposes, whom it names; the surest places first.

    Args:
        setting: What the roles are read from.
        has_target: Whether a target is known: a name in front of the trigger is then the sender.
    """
    return {
        "premodifying": expanded(_premodifying_senders(setting, has_target=has_target), setting),
        "agents": expanded(_agents(setting), setting),
        "governing": expanded(_governing_senders(setting), setting),
    }


def _premodifying_senders(setting: Setting, *, has_target: bool) -> Iterator[Token]:
    """Read "the EU's sanctions", "US sanctions"; a pronoun stands for the subject: "renewed its sanctions"."""
    for anchor in anchors_of(setting) if not setting.trigger.verb else ():
        for child in premodifiers_of(anchor, setting):
            if child.dep_ == "poss":
                yield from _resolved(child)
            elif not is_against(child) and is_name(child, setting) and (has_target or is_usual_sender(child, setting)):
                yield child


def _resolved(owner: Token) -> Iterator[Token]:
    if owner.lower_ in {"its", "their", "his", "her"}:
        verb = owner.head
        while verb.pos_ not in {"VERB", "AUX"} and verb.head.i != verb.i:
            verb = verb.head
        subject = subject_of(verb)
        yield subject if subject is not None and subject.pos_ != "PRON" else owner
    else:
        yield owner


def _agents(setting: Setting) -> Iterator[Token]:
    """Read "sanctions imposed by X", "sanctions from X", "sanctions that X imposed"."""
    instruments = setting.vocabulary.words["instruments"]
    for anchor in anchors_of(setting) if not setting.trigger.verb else ():
        agents = objects_of_preposition(anchor, {"by", "from"})
        yield from (agent for agent in agents if agent.lemma_.lower() not in instruments)
    for step in setting.described:
        yield from objects_of_preposition(step.token, {"by"})
        imposes = step.act is not None and step.act.role is Role.SENDER and step.token.tag_ != "VBG"
        subject = own_subject(step.token) if imposes and not is_passive(step.token) else None
        if subject is not None and subject.i != setting.trigger.head.i:
            yield subject
    for step in setting.steps:
        if step.via in {"nsubjpass", "self"} or (step.act and step.act.role is Role.SENDER and is_passive(step.token)):
            yield from objects_of_preposition(step.token, {"by"})


def _governing_senders(setting: Setting) -> Iterator[Token]:
    """Who does the imposing, lifting, threatening that the trigger hangs on."""
    for step in setting.steps:
        if step.act and step.act.role is Role.PARTY:
            return  # beyond whoever calls, condemns or evades stand speakers, not senders
        if step.act is None or step.act.role is not Role.SENDER or step.via in {"under", "nsubj", "nsubjpass", "from"}:
            continue
        actor = _maker(_performer(step), setting)
        if actor is not None and actor.i != setting.trigger.head.i and actor.lower_ not in _EMPTY_SUBJECTS - {"it"}:
            yield actor
            return


def _maker(performer: Token | None, setting: Setting) -> Token | None:
    """Who stands behind what is said to impose: "the President signed an order imposing", "they agreed a deal that"."""
    instruments = setting.vocabulary.words["instruments"]
    for _ in range(_MAX_MAKERS):
        if performer is None or performer.lemma_.lower() not in instruments:
            return performer
        owner = owner_of(performer)
        if owner is not None and owner.dep_ in {"compound", "nmod", "amod"} and setting.name_of(owner) is None:
            owner = None  # "Executive" of "Executive Order"
        if owner is None and performer.dep_ in {"dobj", "pobj", "attr", "nsubjpass"}:
            verb = performer.head if performer.dep_ != "pobj" else performer.head.head
            owner = subject_of(verb) if verb.pos_ in {"VERB", "AUX"} else None
        if owner is not None and owner.i == performer.i:
            return None
        performer = owner
    return performer


def _performer(step: Step) -> Token | None:
    token = step.token
    if token.pos_ in {"VERB", "AUX", "ADJ"}:
        if is_passive(token):
            return next(objects_of_preposition(token, {"by"}), None)
        return subject_of(token.head if token.pos_ == "ADJ" else token)
    return owner_of(token)


def parties_of(setting: Setting, status: Status) -> list[Token]:
    """Return who proposes, opposes or evades: whoever performs the nearest such act."""
    if status not in {Status.PROPOSED, Status.OPPOSED, Status.EVADED, Status.MAINTAINED, Status.LIFTED}:
        return []
    for step in setting.steps:
        if step.act and step.act.role is Role.PARTY:
            actor = _performer(step)
            if actor is None and step.token.dep_ == "pcomp":
                actor = owner_of(step.token.head.head)
            if actor is not None and actor.lower_ not in _EMPTY_SUBJECTS:
                return expanded([actor], setting)
    return []
