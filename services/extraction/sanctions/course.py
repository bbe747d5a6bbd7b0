"""Follow a trigger up the parse: the words that govern it, from the nearest outwards, and what each says of it."""

from dataclasses import dataclass

from spacy.tokens import Token

from schemas import Status
from services.extraction.sanctions.syntax import children, is_infinitive, is_passive, negated
from services.extraction.sanctions.triggers import Trigger
from services.extraction.sanctions.vocabulary import Act, Role, Vocabulary

_MAX_STEPS = 12
_TO_VERB = frozenset({"dobj", "nsubjpass", "nsubj", "attr", "oprd", "dative", "xcomp", "ccomp", "acomp", "csubj"})
_TO_NOUN = frozenset({"compound", "nmod", "amod", "poss", "npadvmod"})


@dataclass(frozen=True, slots=True)
class Step:
    """A word that governs the trigger.

    Attributes:
        token: The word.
        act: What it says; None if the vocabulary does not know it.
        via: The preposition on the way to it, else the dependency.
        negated: Whether "not" stands with it.
        open: Whether it is only possible, wanted or conditional.
    """

    token: Token
    act: Act | None
    via: str
    negated: bool
    open: bool


def course_of(trigger: Trigger, vocabulary: Vocabulary) -> list[Step]:
    """Return the steps from a trigger's head to the top of what it is said in; a verb is its own first step."""
    steps: list[Step] = []
    head = trigger.head
    if trigger.verb:
        steps.append(Step(head, Act(trigger.status, Role.SENDER), "self", negated(head), _is_open(head, vocabulary)))
    node = head
    for _ in range(_MAX_STEPS):
        above = _above(node, vocabulary)
        if above is None:
            break
        governor, via = above
        if governor.pos_ == "NOUN" and governor.lemma_.lower() in vocabulary.words["circumstances"]:
            break
        if via != "conj":
            act = act_of(governor, vocabulary)
            if via in vocabulary.words["evading_prepositions"]:
                act = Act(Status.EVADED, Role.PARTY)  # "got around the ban"
            if act and via == "ccomp" and act.status is Status.IMPOSED:
                act = None  # "announced that sanctions ...": a way of saying it, not of imposing
            steps.append(Step(governor, act, via, negated(governor), _is_open(governor, vocabulary)))
        if via == "under":
            break  # what goes on under the sanctions says nothing of them
        node = governor
    return steps


def participles(head: Token, vocabulary: Vocabulary) -> list[Step]:
    """Return the verbs that describe the trigger from behind: "sanctions imposed on", "sanctions that X lifted"."""
    return [
        Step(verb, act_of(verb, vocabulary), verb.dep_, negated(verb), _is_open(verb, vocabulary))
        for verb in children(head, "acl", "relcl")
        if verb.pos_ in {"VERB", "AUX"} and not (verb.dep_ == "acl" and is_infinitive(verb))
    ]


def act_of(token: Token, vocabulary: Vocabulary) -> Act | None:
    """Return what the word says of a measure that it governs."""
    lemma = token.lemma_.lower()
    if token.pos_ in {"VERB", "AUX"}:
        for particle in children(token, "prt", "advmod"):  # "hold off", "go ahead"
            if (act := vocabulary.verb_acts.get(f"{lemma} {particle.lower_}")) is not None:
                return act
        return vocabulary.verb_acts.get(lemma)
    if token.pos_ == "ADJ":
        return vocabulary.adjective_acts.get(lemma)
    if token.tag_ == "VBG" and lemma not in vocabulary.noun_acts:
        return vocabulary.verb_acts.get(lemma)
    return vocabulary.noun_acts.get(lemma) or vocabulary.noun_acts.get(token.lower_)


def _above(node: Token, vocabulary: Vocabulary) -> tuple[Token, str] | None:
    """The word that governs `node` in what is said of the trigger, and the way to it."""
    head = node.head
    if head.i == node.i:
        return None
    if node.dep_ == "pobj" and head.lower_ == "in" and node.i and node.nbor(-1).lower_ == "place":
        return head.head, "dobj"  # "put in place sanctions", which the parser reads as "in (place sanctions)"
    if node.dep_ in {"pobj", "pcomp"}:
        return _above_preposition(head, vocabulary)
    if node.dep_ in _TO_NOUN:
        return (head, "compound") if head.i > node.i else None
    if node.dep_ in _TO_VERB or node.dep_ == "conj" or (node.dep_ == "acl" and is_infinitive(node)):
        return head, node.dep_
    return None


def _above_preposition(preposition: Token, vocabulary: Vocabulary) -> tuple[Token, str] | None:
    if preposition.lower_ not in vocabulary.words["governing_prepositions"]:
        return None
    governor = preposition
    while governor.pos_ == "ADP" and governor.head.i != governor.i:  # "out of", "in the face of"
        governor = governor.head
    return None if governor.i == preposition.i else (governor, preposition.lower_)


def _is_open(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether it is only possible, wanted, conditional or to come."""
    words = vocabulary.words
    for child in token.children:
        if child.dep_ == "aux" and child.lower_ in words["modals"]:
            return True
        if child.dep_ == "mark" and child.lower_ in words["conditions"]:
            return True
        if child.dep_ == "advcl" and token.tag_ != "VBD" and _is_conditional(child):
            return True  # "faces sanctions if it attacks"
    if token.dep_ == "conj" and token.tag_ == "VB" and not children(token, "aux", "nsubj", "nsubjpass"):
        return token.head.i < token.i and _is_open(token.head, vocabulary)  # "will condemn or sanction"
    return is_infinitive(token) and _is_to_come(token)


def _is_conditional(clause: Token) -> bool:
    return any(mark.lower_ in {"if", "unless"} for mark in children(clause, "mark"))


def _is_to_come(infinitive: Token) -> bool:
    noun = infinitive.head if infinitive.dep_ in {"relcl", "acl"} else infinitive
    if noun.head.i == noun.i or infinitive.dep_ == "advcl":
        return True  # a headline, "UK to sanction judges"; a purpose, "met to impose sanctions"
    if infinitive.dep_ not in {"xcomp", "ccomp"}:
        return False
    head = infinitive.head
    return head.lower_ == "going" or (head.lemma_ == "be" and is_passive(infinitive))
