"""Questions about a parsed sentence: who does what, what is joined to what. Knows grammar, nothing of sanctions."""

from collections.abc import Iterator

from spacy.tokens import Token

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
_RELATIVE = frozenset({"that", "which", "who", "whom"})
_CALLS = frozenset({"call", "appeal"})
_MAX_CLIMB = 12  # nested clauses beyond this are misparses


def children(token: Token, *deps: str) -> list[Token]:
    """Return the children with one of these dependencies, in order."""
    return [child for child in token.children if child.dep_ in deps]


def with_conjuncts(token: Token) -> list[Token]:
    """Return `token` and what is joined to it by "and", "or" or commas."""
    found, waiting = [], [token]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children(current, "conj"))
    return sorted(found, key=lambda t: t.i)


def first_conjunct(token: Token) -> Token:
    """Return the first of the things that `token` is joined to, or `token` itself."""
    while token.dep_ == "conj" and token.head.i != token.i:
        token = token.head
    return token


def objects_of_preposition(token: Token, prepositions: frozenset[str] | set[str]) -> Iterator[Token]:
    """Yield what stands behind one of these prepositions that depend on `token`; "against" and "by" may be agents."""
    for child in token.children:
        if child.dep_ in {"prep", "agent", "dative", "acl", "prt"} and child.lower_ in prepositions:
            yield from children(child, "pobj", "pcomp", "dobj")


def is_infinitive(verb: Token) -> bool:
    """Whether "to" stands before the verb."""
    return any(child.dep_ == "aux" and child.lower_ == "to" for child in verb.children)


def is_passive(verb: Token) -> bool:
    """Whether the verb is in the passive, as a participle behind a noun is."""
    if any(child.dep_ in {"nsubjpass", "auxpass", "agent"} for child in verb.children):
        return True
    return verb.tag_ == "VBN" and verb.dep_ in {"acl", "advcl"} and not children(verb, "aux", "dobj")


def own_subject(verb: Token) -> Token | None:
    """Return the subject that the verb itself has, looking through relative pronouns to what they stand for."""
    subjects = children(verb, "nsubj", "nsubjpass")
    if not subjects:
        return None
    subject: Token = subjects[0]
    if subject.lower_ in _RELATIVE and verb.dep_ == "relcl":
        return verb.head
    return subject


def subject_of(verb: Token) -> Token | None:
    """Return who does it, or for a passive to whom it is done: the verb's own subject or the one it borrows.

    An infinitive borrows the object, else the subject of what governs it ("asked the EU to lift", "plans to lift"); a
    participle the subject of its sentence ("Despite facing ..., Lukashenko has") or the noun it describes; a joined
    verb the subject of the first.
    """
    for _ in range(_MAX_CLIMB):
        subject = own_subject(verb)
        if subject is not None:
            return subject
        head = _finite_partner(verb) if verb.dep_ == "conj" else verb.head
        if verb.dep_ == "pcomp":  # "in announcing", "the idea of imposing", "accused Huawei of violating"
            accused = children(head.head, "dobj", "nsubjpass") if head.lower_ in {"of", "from"} else []
            if accused and head.head.pos_ in {"VERB", "AUX"}:
                return accused[0]
            head = head.head
        if head.i == verb.i:
            break
        if head.pos_ in {"NOUN", "PROPN"}:
            return head if verb.dep_ == "acl" and not is_infinitive(verb) else owner_of(head)
        if verb.dep_ in {"xcomp", "advcl"} and is_infinitive(verb):
            controllers = children(head, "dobj", "dative") if verb.dep_ == "xcomp" else []
            if head.lemma_ in _CALLS:  # "called on the U.S. to lift"
                controllers = controllers or list(objects_of_preposition(head, {"on", "upon", "to"}))
            if controllers:
                return controllers[0]
        verb = head
    return None


def _finite_partner(verb: Token) -> Token:
    """What a joined verb is joined to. A finite verb is no partner of a gerund, whatever the parser says.

    "China has accused NATO of escalating the conflict and condemned sanctions": China did both.
    """
    partner = verb.head
    for _ in range(_MAX_CLIMB):
        if partner.tag_ != "VBG" or verb.tag_ == "VBG" or partner.head.i == partner.i:
            break
        partner = partner.head
        while partner.pos_ == "ADP" and partner.head.i != partner.i:
            partner = partner.head
    return partner


def owner_of(noun: Token) -> Token | None:
    """Return whose act a noun is: "Trump's move", "the U.S. decision", "a call by Poland", "Japan made a plea"."""
    owners = children(noun, "poss") or list(objects_of_preposition(noun, {"by"}))
    if not owners and noun.dep_ == "conj":
        owners = children(first_conjunct(noun), "poss")  # "his attacks and imposition of"
    if owners:
        return owners[0]
    for child in noun.children:
        if child.dep_ in {"compound", "nmod", "amod"} and (child.pos_ == "PROPN" or child.tag_ in {"NNP", "NNPS"}):
            return child
    if noun.dep_ == "dobj" and noun.head.pos_ in {"VERB", "AUX"}:
        return subject_of(noun.head)
    if noun.dep_ == "pobj" and noun.head.head.pos_ in {"NOUN", "PROPN"}:
        return owner_of(noun.head.head)
    return None


def noun_phrase(head: Token) -> tuple[Token, Token]:
    """Return first and last token of the phrase around `head`, without article, clauses and what follows it."""
    first = head
    for child in reversed(list(head.lefts)):
        if child.dep_ in {"det", "predet", "cc", "punct", "conj", "appos", "relcl", "prep", "advmod", "preconj", "neg"}:
            if child.dep_ == "punct" and child.text == "-":
                continue
            break
        first = child.left_edge
    if first.dep_ == "det" and first.i < head.i:
        first = first.doc[first.i + 1]
    return first, head


def negated(token: Token) -> bool:
    """Whether "not", "never" or "no" stands with the word itself."""
    if children(token, "neg"):
        return True
    return any(child.dep_ == "det" and child.lower_ == "no" for child in token.children)
