"""Find the words in a parsed sentence that name a measure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from schemas import Measure, Status
from services.extraction.sanctions.syntax import children, is_passive, objects_of_preposition, subject_of
from services.extraction.sanctions.vocabulary import Needs, Vocabulary, WordTrigger

_BEHIND = frozenset({"on", "of", "to", "for", "against", "in"})
_MAX_DEPTH = 3
_GATT = frozenset({"general", "agreement"})  # "General Agreement on Tariffs and Trade"
_HIT = frozenset({"-hit", "-stricken", "-battered"})


@dataclass(frozen=True, slots=True)
class Trigger:
    """A measure named in a sentence.

    Attributes:
        first: First token of the words that name it.
        head: Last token of them; the one the parse hangs on.
        measure: What is named.
        needs: What must be named with it.
        verb: Whether it is a verb ("sanctioned the bank") or adjective ("sanctions-hit") rather than a noun.
        status: Of a verb, where it leaves the measure.
        victim: Of a verb or adjective, who or what it is done to; of a noun that is a verb in a headline, too.
        implied: Whether it only goes on with what the sentence before says: "was also targeted".
        things: Whether what it is done to is a thing whose owner or origin is who is hit: "froze the assets of".
    """

    first: Token
    head: Token
    measure: Measure
    needs: Needs
    verb: bool = False
    status: Status = Status.IMPOSED
    victim: Token | None = None
    things: bool = False
    implied: bool = False


def find_triggers(doc: Doc, vocabulary: Vocabulary, named: frozenset[int]) -> list[Trigger]:
    """Return the triggers of a sentence, in order.

    Args:
        doc: The parsed sentence.
        vocabulary: The words to look for.
        named: Indices of the tokens that are part of an entity.
    """
    verbs = list(_verbs(doc, vocabulary, named))
    done = {trigger.head.i for trigger in verbs}
    nouns = [_as_headline(trigger, named) for trigger in _nouns(doc, vocabulary) if trigger.head.i not in done]
    taken = {token.i for trigger in nouns for token in doc[trigger.first.i : trigger.head.i + 1]}
    others = [trigger for trigger in (*verbs, *_nouns_of(doc, vocabulary)) if trigger.head.i not in taken]
    found = sorted([*nouns, *others], key=lambda trigger: trigger.head.i)
    return found or list(_implied(doc, vocabulary))


def _nouns(doc: Doc, vocabulary: Vocabulary) -> Iterator[Trigger]:
    longest = max(map(len, vocabulary.nouns))
    words = [token.lower_ for token in doc]
    position = 0
    while position < len(words):
        for length in range(min(longest, len(words) - position), 0, -1):
            known = vocabulary.nouns.get(tuple(words[position : position + length]))
            head = doc[position + length - 1]
            if known and _is_noun(head, length) and not _is_other_kind(doc, position, head, vocabulary):
                yield Trigger(_with_modifiers(doc, position, vocabulary), head, known.measure, known.needs)
                position += length - 1
                break
        position += 1


def _is_noun(head: Token, length: int) -> bool:
    """Whether a noun was meant: a phrase always is; the tagger at times takes a plural noun for a verb."""
    return length > 1 or head.pos_ not in {"VERB", "AUX"} or head.tag_ == "VBZ"


def _is_other_kind(doc: Doc, position: int, head: Token, vocabulary: Vocabulary) -> bool:
    """Whether the words around make it something else: a committee, a phone tariff, the name of a treaty."""
    words = vocabulary.words
    before = [token.lower_ for token in doc[max(0, position - 5) : position]]
    if before[-1:] and (before[-1] in words["not_after"] or (before[-1] == "-" and head.i + 1 < len(doc))):
        return True
    if before[-3:] == ["feed", "-", "in"] or before[-2:] == ["office", "of"] or set(before) >= _GATT:
        return True
    if head.i + 1 < len(doc) and doc[head.i + 1].tag_ in {"$", "CD"}:
        return True  # "bank sanctions $6.5 mln loan": a verb that the tagger took for a noun
    governor = head.head if head.dep_ in {"compound", "nmod"} else None
    after = [doc[i].lemma_.lower() for i in range(head.i + 1, min(head.i + 3, len(doc)))]
    return (after[:1] != [] and after[0] in words["not_before"]) or (
        governor is not None and governor.i > head.i and governor.lemma_.lower() in words["not_before"]
    )


def _as_headline(trigger: Trigger, named: frozenset[int]) -> Trigger:
    """Read "U.S. sanctions Wagner Group" as it is meant: what follows at once is who is hit."""
    head = trigger.head
    following = head.i + 1
    if head.doc[following : following + 2].text in _HIT and head.doc[following + 1].head.i > following:
        return replace(trigger, victim=head.doc[following + 1].head)
    if trigger.measure is not Measure.SANCTIONS or following not in named or head.lower_ != "sanctions":
        return trigger
    last = following
    while last + 1 in named and head.doc[last].dep_ == "compound":
        last += 1
    if head.doc[last].dep_ in {"nsubj", "nsubjpass", "poss"} or head.doc[last].head.dep_ == "relcl":
        return trigger  # "the sanctions Russia faces"
    return replace(trigger, victim=head.doc[last])


def _with_modifiers(doc: Doc, position: int, vocabulary: Vocabulary) -> Token:
    while position and doc[position - 1].lower_ in vocabulary.words["modifiers"]:
        position -= 1
    return doc[position]


def _nouns_of(doc: Doc, vocabulary: Vocabulary) -> Iterator[Trigger]:
    """Nouns that name a measure with what stands behind them: "a ban on imports", "the freeze on Afghan assets"."""
    for token in doc:
        kinds = vocabulary.nouns_of.get(token.lemma_.lower(), ())
        if not kinds or token.pos_ not in {"NOUN", "PROPN"}:
            continue
        around = [t for found in objects_of_preposition(token, _BEHIND) for t in _things(found, vocabulary)]
        around.extend(children(token, "compound"))
        for kind in kinds:
            if any(thing.lemma_.lower() in kind.objects for thing in around):
                yield Trigger(token, token, kind.measure, Needs.PARTY, things=True)
                break


def _implied(doc: Doc, vocabulary: Vocabulary) -> Iterator[Trigger]:
    """What repeats the sentence before: "a subsidiary was also targeted"."""
    for token in doc:
        if token.tag_ != "VBN" or token.lemma_ not in vocabulary.words["implied_verbs"] or not is_passive(token):
            continue
        victims = children(token, "nsubjpass")
        also = any(child.lower_ in {"also", "too", "well"} for child in token.children)
        if victims and also and not children(token, "agent"):
            yield Trigger(token, token, Measure.SANCTIONS, Needs.ACTOR, verb=True, victim=victims[0], implied=True)


def _verbs(doc: Doc, vocabulary: Vocabulary, named: frozenset[int]) -> Iterator[Trigger]:
    for token in doc:
        if token.lower_ in vocabulary.words["hit_adjectives"] and token.head.i > token.i:
            yield Trigger(token, token, Measure.SANCTIONS, Needs.ACTOR, verb=True, victim=token.head)
        lemma = token.lemma_.lower()
        if lemma not in vocabulary.verbs and token.lower_.endswith(("ed", "ing")):
            # Participles that the tagger takes for adjectives or nouns keep their form as lemma.
            lemma = token.lower_.removesuffix("ed").removesuffix("ing")
        if lemma not in vocabulary.verbs or not (
            token.pos_ in {"VERB", "ADJ"} or (token.pos_ in {"NOUN", "PROPN"} and token.lower_.endswith("ing"))
        ):
            continue
        for kind in vocabulary.verbs[lemma]:
            victim = _victim(token)
            if victim is not None and _fits(token, victim, kind, vocabulary, named):
                yield Trigger(
                    token,
                    token,
                    kind.measure,
                    Needs.NOTHING,
                    verb=True,
                    status=kind.status,
                    victim=victim,
                    things=bool(kind.objects),
                )
                break


def _victim(verb: Token) -> Token | None:
    """What the verb is done to."""
    found = children(verb, "dobj", "nsubjpass")
    if found:
        return found[0] if found[0].lower_ not in {"who", "which", "that"} or verb.dep_ != "relcl" else verb.head
    if verb.pos_ in {"NOUN", "PROPN"}:
        return next(objects_of_preposition(verb, {"of"}), None)
    before = verb.doc[verb.i - 1].text if verb.i else ""
    describes = (verb.dep_ == "amod" and before != "-" and verb.head.i > verb.i) or verb.dep_ == "relcl"
    if describes or (verb.dep_ == "acl" and verb.tag_ == "VBN"):
        return verb.head
    if verb.dep_ == "conj" and verb.tag_ == "VBN" and is_passive(verb.head):
        return subject_of(verb.head)
    return _kept(verb)


def _kept(verb: Token) -> Token | None:
    """What stays as the verb says: "assets remain frozen", "keep assets immobilised"."""
    if verb.dep_ not in {"acomp", "oprd", "xcomp", "ccomp"} or verb.tag_ not in {"VBN", "JJ"}:
        return None
    objects = [own for own in (*children(verb, "nsubj"), *children(verb.head, "dobj")) if own.i != verb.i]
    return objects[0] if objects else subject_of(verb.head)


def _fits(verb: Token, victim: Token, kind: WordTrigger, vocabulary: Vocabulary, named: frozenset[int]) -> bool:
    things = list(_things(victim, vocabulary))
    if kind.objects:
        known = [thing for thing in things if thing.lemma_.lower() in kind.objects]
        return bool(known) and (not kind.named or any(_is_owned(thing, named) for thing in known))
    if kind.anything:
        return all(thing.lemma_.lower() not in vocabulary.words["approved"] and thing.pos_ != "NUM" for thing in things)
    if kind.listing and not _is_listing(verb, vocabulary):
        return False
    known_nouns = vocabulary.words["actor_nouns"]
    return any(
        thing.i in named
        or thing.lemma_.lower() in known_nouns
        or thing.pos_ in {"PROPN", "PRON"}
        or any(child.i in named for child in thing.lefts)
        for thing in things
    )


def _things(found: Token, vocabulary: Vocabulary, depth: int = 0) -> Iterator[Token]:
    """`found`, what is joined to it, and of quantities what is counted: "hundreds of millions of dollars of assets"."""
    yield found
    yield from children(found, "conj")
    counted = found.lemma_.lower() in vocabulary.words["quantities"] or found.pos_ in {"PRON", "NUM"}
    if counted and depth < _MAX_DEPTH:
        for inner in objects_of_preposition(found, {"of", "in"}):
            yield from _things(inner, vocabulary, depth + 1)


def _is_owned(thing: Token, named: frozenset[int]) -> bool:
    """Whether somebody is named in the phrase: "Russian oil", "imports from China"."""
    return any(token.i in named for token in thing.subtree)


def _is_listing(verb: Token, vocabulary: Vocabulary) -> bool:
    """Whether an authority lists somebody: "the Treasury designated X", "designated X as a terrorist"."""
    words = vocabulary.words
    subject = subject_of(verb) if not is_passive(verb) else next(objects_of_preposition(verb, {"by"}), None)
    if subject is not None and any(token.lower_ in words["authorities"] for token in subject.subtree):
        roles = [token.lemma_.lower() for found in objects_of_preposition(verb, {"as"}) for token in found.subtree]
        return not roles or not words["listing_roles"].isdisjoint(roles)
    behind = [
        token.lower_
        for child in verb.children
        if child.dep_ in {"prep", "advcl", "oprd"} and child.i > verb.i
        for token in child.subtree
    ]
    return not words["listing_roles"].isdisjoint(behind) or "executive" in behind
