"""Find who a measure hits: behind it, in what describes or governs it, in front of it, in its reason or condition."""

from collections.abc import Iterator

from spacy.tokens import Token

from services.extraction.sanctions.course import Step
from services.extraction.sanctions.setting import (
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
from services.extraction.sanctions.syntax import children, is_passive, objects_of_preposition, own_subject, subject_of
from services.extraction.sanctions.vocabulary import Role


def targets_of(setting: Setting) -> list[Token]:
    """Return who is hit. The first place that names somebody settles it; the surest places are asked first."""
    trigger = setting.trigger
    if trigger.victim is not None:
        return expanded(_victims(setting), setting)
    for source in (
        _behind,
        _by_description,
        _by_government,
        _premodifying_targets,
        _of_siblings,
        _from_reason,
        _from_condition,
    ):
        found = expanded(source(setting), setting)
        if found:
            return found
    return []


def _victims(setting: Setting) -> Iterator[Token]:
    trigger, words = setting.trigger, setting.vocabulary
    if trigger.victim is None:
        return
    things = {noun for kind in words.verbs.get(trigger.head.lemma_, ()) for noun in kind.objects}
    if trigger.victim.lemma_.lower() in things:  # "froze the assets of X": the assets are X's
        yield from children(trigger.victim, "poss")
        yield from objects_of_preposition(trigger.victim, {"of", "from", "to", "belonging"})
    else:
        yield trigger.victim


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
    with_measure = step.via in {"with", "to"} or (step.via == "by" and is_passive(verb))
    if with_measure and verb.lemma_.lower() in known:
        yield from _done_to(verb)
    elif step.via == "under" or (step.act and step.act.role is Role.TARGET):
        subject = verb if verb.pos_ in {"NOUN", "PROPN"} else subject_of(verb)
        yield from () if subject is None else (subject,)
    elif step.via == "nsubj" and verb.pos_ == "VERB":
        yield from (o for o in children(verb, "dative", "dobj") if is_victim(o, setting))
        yield from _objects(verb, setting)
    elif step.via in {"from", "to", "on", "in", "into"} and step.act and verb.pos_ == "VERB":
        yield from (o for o in children(verb, "dobj", "nsubjpass") if is_name(o, setting) or o.pos_ == "PRON")
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
    if setting.trigger.measure in {"export_control", "tariff", "import_ban", "price_cap"}:
        prepositions = prepositions | words["goods_prepositions"]
    for found in objects_of_preposition(token, prepositions):
        if found.is_ancestor(setting.trigger.head):
            continue  # "against a background of sanctions"
        if found.pos_ == "VERB" or (is_time(found, setting) and not children(found, "prep")):
            continue
        yield from _holders(found, setting)


def _holders(found: Token, setting: Setting, depth: int = 0) -> Iterator[Token]:
    """Whose goods: "imports of Japanese steel", "imports from China"; anything but goods stands for itself."""
    lemma, words = found.lemma_.lower(), setting.vocabulary.words
    if lemma not in words["goods"] and lemma not in words["quantities"]:
        yield found
        return
    if any(is_name(child, setting) or child.dep_ == "poss" for child in found.lefts):
        yield found
        return
    nested = list(objects_of_preposition(found, {"from", "of", "to"})) if depth < 3 else []
    for inner in nested:
        yield from _holders(inner, setting, depth + 1)
