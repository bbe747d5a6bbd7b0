"""Decide who imposes, who is hit, and who else proposes, opposes or evades. An empty slot beats a guess."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from schemas import Status
from services.extraction.sanctions.course import Step
from services.extraction.sanctions.syntax import (
    children,
    first_conjunct,
    is_infinitive,
    is_passive,
    objects_of_preposition,
    owner_of,
    own_subject,
    subject_of,
    with_conjuncts,
)
from services.extraction.sanctions.triggers import Trigger
from services.extraction.sanctions.vocabulary import Role, Vocabulary

_EMPTY_SUBJECTS = frozenset({"it", "there", "this", "that", "which", "what"})
_SUBJECT_VIA = frozenset({"dobj", "attr", "oprd", "dative", "xcomp", "ccomp", "acomp", "self"})


@dataclass(frozen=True, slots=True)
class Roles:
    """Heads of the phrases that fill each slot, in order."""

    senders: tuple[Token, ...]
    targets: tuple[Token, ...]
    parties: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the roles of one trigger are read from.

    Attributes:
        trigger: The trigger.
        steps: What governs it, nearest first.
        described: Participles and relative clauses behind it.
        siblings: Heads of triggers joined to it: "sanctions on China and tariffs on imports".
        vocabulary: The words known.
        place_name: The name that a token is part of, lower case, or None if it is part of none.
    """

    trigger: Trigger
    steps: Sequence[Step]
    described: Sequence[Step]
    siblings: Sequence[Token]
    vocabulary: Vocabulary
    name_of: Callable[[Token], str | None]


def roles_of(setting: Setting, status: Status) -> Roles:
    """Return who fills the slots of a mention."""
    targets = _targets(setting)
    senders = _without(_senders(setting, has_target=bool(targets)), targets)
    parties = _without(_parties(setting, status), senders)
    return Roles(tuple(senders), tuple(targets), tuple(parties))


# --- targets


def _targets(setting: Setting) -> list[Token]:
    """The first place that names a target settles it; places are asked from the surest to the least sure."""
    trigger = setting.trigger
    if trigger.verb:
        return _expanded(_victims(setting), setting)
    for source in (
        _behind,
        _by_description,
        _by_government,
        _premodifying_targets,
        _of_siblings,
        _from_reason,
        _from_condition,
    ):
        found = _expanded(source(setting), setting)
        if found:
            return found
    return []


def _victims(setting: Setting) -> Iterator[Token]:
    victim = setting.trigger.victim
    if victim is None:
        return
    if setting.trigger.head.lemma_ in setting.vocabulary.verbs and victim.lemma_.lower() in {
        noun for kind in setting.vocabulary.verbs[setting.trigger.head.lemma_] for noun in kind.objects
    }:
        yield from children(victim, "poss")
        yield from objects_of_preposition(victim, {"of", "from", "to", "belonging"})
        return
    yield victim


def _anchors(setting: Setting) -> list[Token]:
    """The trigger's head, and the nouns that it only qualifies or fills: "sanctions regime", "package of sanctions"."""
    anchors = [setting.trigger.head]
    for step in setting.steps:
        if step.via not in {"compound", "of", "in"} or step.token.pos_ not in {"NOUN", "PROPN"}:
            break
        if step.act and step.act.role is Role.PARTY:
            break  # "his rejection of sanctions": the rejection is his, the sanctions are not
        anchors.append(step.token)
    return anchors


def _behind(setting: Setting) -> Iterator[Token]:
    """ "sanctions on X", "the imposition of sanctions against X"."""
    for anchor in _anchors(setting):
        yield from _objects(anchor, setting)


def _by_description(setting: Setting) -> Iterator[Token]:
    """ "sanctions imposed on X", "sanctions that target X", "sanctions targeting X"."""
    for step in setting.described:
        yield from _objects(step.token, setting)
        if step.token.tag_ == "VBG" or (own_subject(step.token) is not None and not is_passive(step.token)):
            yield from (o for o in children(step.token, "dobj") if _is_name(o, setting) and o.lower_ not in {"that"})


def _by_government(setting: Setting) -> Iterator[Token]:
    """ "imposed sanctions on X", "hit X with sanctions", "X faces sanctions", "sanctions have hurt X"."""
    for step in setting.steps:
        verb = step.token
        lemma = verb.lemma_.lower()
        if step.via in {"with", "to"} and lemma in setting.vocabulary.words["with_verbs"]:
            yield from _done_to(verb)
        elif step.via == "by" and is_passive(verb) and lemma in setting.vocabulary.words["with_verbs"]:
            yield from _done_to(verb)
        elif step.via == "under" or (step.act and step.act.role is Role.TARGET):
            subject = verb if verb.pos_ in {"NOUN", "PROPN"} else subject_of(verb)
            if subject is not None:
                yield subject
        elif step.via == "nsubj" and verb.pos_ == "VERB":
            yield from (o for o in children(verb, "dative", "dobj") if _is_victim(o, setting))
            yield from _objects(verb, setting)
        elif step.via in {"from", "to", "on", "in", "into"} and step.act and verb.pos_ == "VERB":
            yield from (o for o in children(verb, "dobj", "nsubjpass") if _is_name(o, setting) or o.pos_ == "PRON")
        else:
            yield from _objects(verb, setting)
        if verb.pos_ in {"VERB", "AUX"} and not (verb.dep_ == "xcomp" or step.via == "ccomp"):
            return


def _done_to(verb: Token) -> Iterator[Token]:
    objects = children(verb, "dobj", "nsubjpass")
    if objects:
        yield from objects
    elif verb.dep_ in {"acl", "amod"}:
        yield verb.head
    elif (subject := subject_of(verb)) is not None and is_passive(verb):
        yield subject


def _premodifying_targets(setting: Setting) -> Iterator[Token]:
    """ "Iran sanctions", "anti-Russian sanctions"."""
    for anchor in _anchors(setting):
        for child in _premodifiers(anchor):
            if _is_against(child) or (
                child.dep_ != "poss" and _is_name(child, setting) and not _is_usual_sender(child, setting)
            ):
                yield child


def _of_siblings(setting: Setting) -> Iterator[Token]:
    for sibling in setting.siblings:
        yield from _objects(sibling, setting)


def _from_reason(setting: Setting) -> Iterator[Token]:
    """ "sanctions imposed for Libya's refusal": whose fault it is, is who is hit."""
    for token in (*_anchors(setting), *(step.token for step in (*setting.described, *setting.steps[:1]))):
        for reason in objects_of_preposition(token, {"for"}):
            yield from (owner for owner in children(reason, "poss") if _is_name(owner, setting))


def _from_condition(setting: Setting) -> Iterator[Token]:
    """ "sanctions will take effect if Sudan fails to": who could still avert it, is who would be hit."""
    for step in setting.steps[:2]:
        for clause in children(step.token, "advcl"):
            conditional = any(
                mark.lower_ in setting.vocabulary.words["conditions"] for mark in children(clause, "mark")
            )
            subject = own_subject(clause)
            if conditional and subject is not None and clause.lemma_ in setting.vocabulary.words["duty_verbs"]:
                yield from [subject] if _is_name(subject, setting) else []


def _objects(token: Token, setting: Setting) -> Iterator[Token]:
    """What stands behind "on", "against" and the like, goods replaced by whose they are where the text says so."""
    words = setting.vocabulary.words
    prepositions = words["target_prepositions"]
    if setting.trigger.measure in {"export_control", "tariff", "import_ban", "price_cap"}:
        prepositions = prepositions | words["goods_prepositions"]
    for found in objects_of_preposition(token, prepositions):
        if found.pos_ == "VERB" or (_is_time(found) and not children(found, "prep")):
            continue
        yield from _holders(found, setting)


def _holders(found: Token, setting: Setting, depth: int = 0) -> Iterator[Token]:
    """Whose goods: "imports of Japanese steel", "imports from China"; anything but goods stands for itself."""
    lemma, words = found.lemma_.lower(), setting.vocabulary.words
    if lemma not in words["goods"] and lemma not in words["quantities"]:
        yield found
        return
    if any(_is_name(child, setting) or child.dep_ == "poss" for child in found.lefts):
        yield found
        return
    nested = list(objects_of_preposition(found, {"from", "of", "to"})) if depth < 3 else []
    for inner in nested:
        yield from _holders(inner, setting, depth + 1)


# --- senders


def _senders(setting: Setting, *, has_target: bool) -> list[Token]:
    for source in (_premodifying_senders, _agents, _governing_senders):
        found = _expanded(source(setting, has_target), setting)
        if found:
            return found
    return []


def _premodifying_senders(setting: Setting, has_target: bool) -> Iterator[Token]:  # noqa: FBT001 - one of three alike
    """ "the EU's sanctions", "US sanctions"; a pronoun stands for the subject: "renewed its sanctions"."""
    for anchor in _anchors(setting) if not setting.trigger.verb else ():
        for child in _premodifiers(anchor):
            if child.dep_ == "poss":
                yield from _resolved(child)
            elif (
                not _is_against(child) and _is_name(child, setting) and (has_target or _is_usual_sender(child, setting))
            ):
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


def _agents(setting: Setting, has_target: bool) -> Iterator[Token]:  # noqa: FBT001, ARG001 - one of three alike
    """ "sanctions imposed by X", "sanctions from X", "sanctions that X imposed"."""
    for anchor in _anchors(setting) if not setting.trigger.verb else ():
        yield from objects_of_preposition(anchor, {"by", "from"})
    for step in setting.described:
        yield from objects_of_preposition(step.token, {"by"})
        subject = own_subject(step.token)
        if step.act and step.act.role is Role.SENDER and subject is not None and not is_passive(step.token):
            if subject.i != setting.trigger.head.i and step.token.tag_ != "VBG":
                yield subject
    for step in setting.steps:
        if step.via in {"nsubjpass", "self"} or (step.act and step.act.role is Role.SENDER and is_passive(step.token)):
            yield from objects_of_preposition(step.token, {"by"})


def _governing_senders(setting: Setting, has_target: bool) -> Iterator[Token]:  # noqa: FBT001, ARG001 - one of three alike
    """Who does the imposing, lifting, threatening that the trigger hangs on."""
    for step in setting.steps:
        if step.act and step.act.role is Role.PARTY:
            return  # beyond whoever calls, condemns or evades stand speakers, not senders
        if step.act is None or step.act.role is not Role.SENDER or step.via in {"under", "nsubj", "nsubjpass", "from"}:
            continue
        actor = _performer(step)
        if actor is not None and actor.i != setting.trigger.head.i and actor.lower_ not in _EMPTY_SUBJECTS - {"it"}:
            yield actor
            return


def _performer(step: Step) -> Token | None:
    token = step.token
    if token.pos_ in {"VERB", "AUX", "ADJ"}:
        if is_passive(token):
            return next(objects_of_preposition(token, {"by"}), None)
        return subject_of(token.head if token.pos_ == "ADJ" else token)
    return owner_of(token)


# --- parties


def _parties(setting: Setting, status: Status) -> list[Token]:
    if status not in {Status.PROPOSED, Status.OPPOSED, Status.EVADED, Status.MAINTAINED, Status.LIFTED}:
        return []
    for step in setting.steps:
        if step.act and step.act.role is Role.PARTY:
            actor = _performer(step)
            if actor is None and step.token.dep_ == "pcomp":
                actor = owner_of(step.token.head.head)
            if actor is not None and actor.lower_ not in _EMPTY_SUBJECTS:
                return _expanded([actor], setting)
    return []


# --- shared


def _premodifiers(anchor: Token) -> list[Token]:
    found = []
    for child in children(anchor, "compound", "amod", "nmod", "poss"):
        if child.lower_ in {"anti", "anti-", "-"}:
            continue
        found.append(child)
        found.extend(children(child, "compound", "amod", "nmod") if child.dep_ in {"compound", "nmod"} else ())
    return found


def _is_against(token: Token) -> bool:
    """Whether it is "anti-Russian", in one token or three."""
    if token.lower_.startswith("anti-") and len(token) > 5:
        return True
    before = [token.doc[i].lower_ for i in range(max(0, token.i - 2), token.i)]
    return before == ["anti", "-"] or before[-1:] in (["anti"], ["anti-"])


def _is_name(token: Token, setting: Setting) -> bool:
    return setting.name_of(token) is not None or token.pos_ == "PROPN"


def _is_usual_sender(token: Token, setting: Setting) -> bool:
    usual = setting.vocabulary.words["usual_senders"]
    return token.lower_ in usual or (setting.name_of(token) or "") in usual


def _is_victim(token: Token, setting: Setting) -> bool:
    if _is_name(token, setting) or token.lemma_.lower() in setting.vocabulary.words["actor_nouns"]:
        return True
    return any(child.dep_ == "poss" for child in token.children) and token.dep_ == "dative"


def _is_time(token: Token) -> bool:
    return token.pos_ == "NUM" or token.ent_type_ in {"DATE", "TIME"} or token.lower_ in _TIMES or token.tag_ == "CD"


_TIMES = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday today yesterday tomorrow basis ground grounds condition way top board".split()
)


def _expanded(tokens: Iterable[Token], setting: Setting) -> list[Token]:
    """The tokens with what is joined to them, without repeats and without triggers."""
    triggers = {setting.trigger.head.i, *(sibling.i for sibling in setting.siblings)}
    found: dict[int, Token] = {}
    for token in tokens:
        for each in with_conjuncts(token):
            if each.i not in triggers and not _is_time(each) and each.pos_ not in {"VERB", "ADP", "ADV", "PUNCT"}:
                found.setdefault(each.i, each)
    return list(found.values())


def _without(tokens: Sequence[Token], others: Sequence[Token]) -> list[Token]:
    """The tokens that are not among the others, and not part of the same phrase's head."""
    taken = {token.i for token in others}
    return [token for token in tokens if token.i not in taken and first_conjunct(token).i not in taken]
