"""Find who a measure hits: behind it, in what describes or governs it, in front of it, in its reason or condition."""

from collections.abc import Callable, Iterator

from spacy.tokens import Token

from schemas import Measure, Status
from services.extraction.sanctions.course import Step
from services.extraction.sanctions.holders import holders_of, owners_of
from services.extraction.sanctions.setting import (
    TRADE,
    Setting,
    anchors_of,
    expanded,
    is_against,
    is_name,
    is_time,
    is_usual_sender,
    is_victim,
    premodifiers_of,
)
from services.extraction.sanctions.syntax import (
    children,
    is_passive,
    objects_of_preposition,
    own_subject,
    owner_of,
    subject_of,
    with_conjuncts,
)
from services.extraction.sanctions.vocabulary import Role


def target_sources(setting: Setting) -> dict[str, list[Token]]:
    """Return, for each place of the sentence that can say who is hit, whom it names; the surest places first."""
    if setting.trigger.victim is not None:
        sources: tuple[Callable[[Setting], Iterator[Token]], ...] = (_victims,)
    else:
        sources = (
            _threatened,
            _behind,
            _by_description,
            _by_government,
            _premodifying_targets,
            _of_siblings,
            _from_reason,
            _from_condition,
            _by_evasion,
        )
    return {source.__name__.strip("_"): expanded(source(setting), setting) for source in sources}


def _victims(setting: Setting) -> Iterator[Token]:
    """Whoever the verb is done to; of things, whose they are: "froze the assets of X", "banned imports from X"."""
    trigger = setting.trigger
    if trigger.victim is None:
        return
    for victim in with_conjuncts(trigger.victim):
        if trigger.things:
            yield from owners_of(victim, setting)
        elif victim.lemma_.lower() in setting.vocabulary.words["quantities"]:  # "a number of officials"
            counted = list(objects_of_preposition(victim, {"of"}))
            yield from counted or [victim]
        else:
            yield victim


def _threatened(setting: Setting) -> Iterator[Token]:
    """Read "hit X with sanctions", "threatened X with tariffs on wheat"."""
    for step in setting.steps[:2]:
        with_measure = step.via in {"with", "to"} or (step.via == "by" and is_passive(step.token))
        if with_measure and step.token.lemma_.lower() in setting.vocabulary.words["with_verbs"]:
            yield from _done_to(step.token)


def _by_evasion(setting: Setting) -> Iterator[Token]:
    """Read "helped X to evade sanctions", "X evades sanctions": who evades a measure is who it hits."""
    for step in setting.steps[:3]:
        if step.act is not None and step.act.status is Status.EVADED:
            evader = subject_of(step.token) if step.token.pos_ in {"VERB", "AUX"} else owner_of(step.token)
            if evader is not None and is_name(evader, setting):
                yield evader
            return


def _behind(setting: Setting) -> Iterator[Token]:
    """Read "sanctions on X", "the imposition of sanctions against X"."""
    for anchor in anchors_of(setting):
        yield from _objects(anchor, setting)


def _by_description(setting: Setting) -> Iterator[Token]:
    """Read "sanctions imposed on X", "sanctions that target X", "sanctions targeting X"."""
    for step in setting.described:
        yield from _objects(step.token, setting)
        if step.token.tag_ == "VBG" or (own_subject(step.token) is not None and not is_passive(step.token)):
            yield from (o for o in children(step.token, "dobj") if is_name(o, setting))


def _by_government(setting: Setting) -> Iterator[Token]:
    """Read "imposed sanctions on X", "hit X with sanctions", "X faces sanctions", "sanctions have hurt X"."""
    for step in setting.steps:
        yield from _governed(step, setting)
        if step.token.pos_ in {"VERB", "AUX"} and step.token.dep_ != "xcomp" and step.via != "ccomp":
            return


def _governed(step: Step, setting: Setting) -> Iterator[Token]:
    verb, known = step.token, setting.vocabulary.words["with_verbs"]
    if step.via in {"with", "to", "by"} and verb.lemma_.lower() in known:
        return
    if step.via == "under" and children(verb, "dobj"):
        yield from children(verb, "dobj")
    elif step.via == "under" or (step.act and step.act.role is Role.TARGET):
        subject = verb if verb.pos_ in {"NOUN", "PROPN"} else subject_of(verb)
        yield from () if subject is None else (subject,)
    elif step.via == "nsubj" and verb.pos_ == "VERB":
        yield from (o for o in children(verb, "dative", "dobj") if is_victim(o, setting))
        yield from _objects(verb, setting)
    elif step.via in {"from", "to", "on", "in", "into"} and step.act and verb.pos_ == "VERB":
        listed = setting.trigger.measure is Measure.DESIGNATION
        yield from (o for o in children(verb, "dobj", "nsubjpass") if listed or is_name(o, setting) or o.pos_ == "PRON")
    else:
        yield from _objects(verb, setting)


def _done_to(verb: Token) -> Iterator[Token]:
    objects = children(verb, "dobj", "nsubjpass")
    if objects:
        yield from objects
    elif verb.dep_ in {"acl", "amod"}:
        yield verb.head
    elif (subject := subject_of(verb)) is not None and is_passive(verb):
        yield subject


def _premodifying_targets(setting: Setting) -> Iterator[Token]:
    """Read "Iran sanctions", "anti-Russian sanctions"."""
    for anchor in anchors_of(setting):
        for child in premodifiers_of(anchor, setting):
            if is_against(child) or (
                child.dep_ != "poss" and is_name(child, setting) and not is_usual_sender(child, setting)
            ):
                yield child


def _of_siblings(setting: Setting) -> Iterator[Token]:
    for sibling in setting.siblings:
        yield from _objects(sibling, setting)


def _from_reason(setting: Setting) -> Iterator[Token]:
    """Read "sanctions imposed for Libya's refusal": whose fault it is, is who is hit."""
    for token in (*anchors_of(setting), *(step.token for step in (*setting.described, *setting.steps[:1]))):
        for reason in objects_of_preposition(token, {"for"}):
            yield from (owner for owner in children(reason, "poss") if is_name(owner, setting))


def _from_condition(setting: Setting) -> Iterator[Token]:
    """Read "sanctions will take effect if Sudan fails to": who could still avert it, is who would be hit."""
    for step in setting.steps[:2]:
        for clause in children(step.token, "advcl"):
            conditional = any(
                mark.lower_ in setting.vocabulary.words["conditions"] for mark in children(clause, "mark")
            )
            subject = own_subject(clause)
            if conditional and subject is not None and clause.lemma_ in setting.vocabulary.words["duty_verbs"]:
                yield from [subject] if is_name(subject, setting) else []


def _objects(token: Token, setting: Setting) -> Iterator[Token]:
    """What stands behind "on", "against" and the like, goods replaced by whose they are where the text says so."""
    words = setting.vocabulary.words
    prepositions = words["target_prepositions"]
    if setting.trigger.measure in TRADE:
        prepositions = prepositions | words["goods_prepositions"]
    if setting.trigger.things and not setting.trigger.verb:
        prepositions = prepositions | {"of"}
    if setting.trigger.measure is Measure.EMBARGO and setting.trigger.head.lemma_ == "blockade":
        prepositions = prepositions | {"of"}
    if setting.trigger.measure in {Measure.TRAVEL_BAN, Measure.ASSET_FREEZE}:
        prepositions = prepositions | {"for"}
    for found in objects_of_preposition(token, prepositions):
        if found.is_ancestor(setting.trigger.head):
            continue  # "against a background of sanctions"
        if found.pos_ == "VERB" or (is_time(found, setting) and not children(found, "prep")):
            continue
        yield from holders_of(found, setting)
