"""Find the words in a parsed sentence that name a measure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from schemas import Measure
from services.extraction.sanctions.syntax import children
from services.extraction.sanctions.vocabulary import Needs, VerbTrigger, Vocabulary


@dataclass(frozen=True, slots=True)
class Trigger:
    """A measure named in a sentence.

    Attributes:
        first: First token of the words that name it.
        head: Last token of them; the one the parse hangs on.
        measure: What is named.
        needs: What must be named with it.
        verb: Whether it is a verb ("sanctioned the bank") or adjective ("sanctions-hit") rather than a noun.
        victim: Of a verb or adjective, who or what it is done to; of a noun that is a verb in a headline, too.
    """

    first: Token
    head: Token
    measure: Measure
    needs: Needs
    verb: bool = False
    victim: Token | None = None


def find_triggers(doc: Doc, vocabulary: Vocabulary, named: frozenset[int]) -> list[Trigger]:
    """Return the triggers of a sentence, in order.

    Args:
        doc: The parsed sentence.
        vocabulary: The words to look for.
        named: Indices of the tokens that are part of an entity.
    """
    nouns = [_as_headline(trigger, named) for trigger in _nouns(doc, vocabulary)]
    taken = {token.i for trigger in nouns for token in doc[trigger.first.i : trigger.head.i + 1]}
    others = [trigger for trigger in _verbs(doc, vocabulary, named) if trigger.head.i not in taken]
    return sorted([*nouns, *others], key=lambda trigger: trigger.head.i)


def _nouns(doc: Doc, vocabulary: Vocabulary) -> Iterator[Trigger]:
    longest = max(map(len, vocabulary.nouns))
    words = [token.lower_ for token in doc]
    position = 0
    while position < len(words):
        for length in range(min(longest, len(words) - position), 0, -1):
            known = vocabulary.nouns.get(tuple(words[position : position + length]))
            head = doc[position + length - 1]
            if known and head.pos_ not in {"VERB", "AUX"} and not _is_other_kind(doc, position, head, vocabulary):
                yield Trigger(_with_modifiers(doc, position, vocabulary), head, known.measure, known.needs)
                position += length - 1
                break
        position += 1


def _is_other_kind(doc: Doc, position: int, head: Token, vocabulary: Vocabulary) -> bool:
    """Whether the words around make it something else: a committee, a phone tariff."""
    words = vocabulary.words
    before = doc[position - 1].lower_ if position else ""
    if before in words["not_after"] or (before == "-" and head.i + 1 < len(doc)):
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


def _verbs(doc: Doc, vocabulary: Vocabulary, named: frozenset[int]) -> Iterator[Trigger]:
    for token in doc:
        if token.lower_ in vocabulary.words["hit_adjectives"] and token.head.i > token.i:
            yield Trigger(token, token, Measure.SANCTIONS, Needs.ACTOR, verb=True, victim=token.head)
        lemma = token.lemma_.lower()
        if lemma not in vocabulary.verbs and token.lower_.endswith("ed"):
            lemma = token.lower_[:-2]  # participles that the tagger takes for adjectives keep their form as lemma
        if lemma not in vocabulary.verbs or token.pos_ not in {"VERB", "ADJ"}:
            continue
        for kind in vocabulary.verbs[lemma]:
            victim = _victim(token, kind)
            if victim is not None and _fits(victim, kind, vocabulary, named):
                yield Trigger(token, token, kind.measure, Needs.NOTHING, verb=True, victim=victim)
                break


def _victim(verb: Token, kind: VerbTrigger) -> Token | None:
    """What the verb is done to."""
    found = children(verb, "dobj", "nsubjpass")
    if found:
        return found[0] if found[0].lower_ not in {"who", "which", "that"} or verb.dep_ != "relcl" else verb.head
    before = verb.doc[verb.i - 1].text if verb.i else ""
    if verb.dep_ == "amod" and before != "-" and verb.head.i > verb.i:
        return verb.head
    if verb.dep_ == "acl" and verb.tag_ == "VBN":
        return verb.head
    if verb.dep_ == "relcl" and not children(verb, "dobj") and not kind.objects:
        return verb.head
    return None


def _fits(victim: Token, kind: VerbTrigger, vocabulary: Vocabulary, named: frozenset[int]) -> bool:
    if kind.objects:
        return victim.lemma_.lower() in kind.objects
    return victim.i in named or victim.lemma_.lower() in vocabulary.words["actor_nouns"] or victim.pos_ == "PROPN"
