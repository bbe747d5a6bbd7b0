"""What the roles of one trigger are read from, and the questions that every reader of roles asks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from schemas import Measure
from services.extraction.sanctions.course import Step
from services.extraction.sanctions.syntax import children, with_conjuncts
from services.extraction.sanctions.triggers import Trigger
from services.extraction.sanctions.vocabulary import Role, Vocabulary

# Measures on goods: behind them often stand goods, and whose they are is who is hit.
TRADE = frozenset({Measure.TARIFF, Measure.IMPORT_BAN, Measure.EXPORT_CONTROL, Measure.PRICE_CAP})
_NO_NAMES = frozenset({"VERB", "ADP", "ADV", "PUNCT"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What the roles of one trigger are read from.

    Attributes:
        trigger: The trigger.
        steps: What governs it, nearest first.
        described: Participles and relative clauses behind it.
        siblings: Heads of triggers joined to it: "sanctions on China and tariffs on imports".
        vocabulary: The words known.
        name_of: The name that a token is part of, lower case, or None if it is part of none.
    """

    trigger: Trigger
    steps: Sequence[Step]
    described: Sequence[Step]
    siblings: Sequence[Token]
    vocabulary: Vocabulary
    name_of: Callable[[Token], str | None]


def premodifiers_of(anchor: Token, setting: Setting) -> list[Token]:
    """Return the words in front of a noun that qualify it, and what qualifies those, but not the trigger's own."""
    own = range(setting.trigger.first.i, setting.trigger.head.i + 1)
    found = []
    for child in children(anchor, "compound", "amod", "nmod", "poss"):
        if child.i in own or child.lower_ in {"anti", "anti-", "-"}:
            continue  # "Entity" of "Entity List"; "anti" of "anti-Russian" in three tokens
        found.append(child)
        found.extend(children(child, "compound", "amod", "nmod") if child.dep_ in {"compound", "nmod"} else ())
    return found


def is_against(token: Token) -> bool:
    """Return whether it is "anti-Russian", in one token or three."""
    if token.lower_.startswith("anti-") and len(token) > 5:
        return True
    before = [token.doc[i].lower_ for i in range(max(0, token.i - 2), token.i)]
    return before == ["anti", "-"] or before[-1:] in (["anti"], ["anti-"])


def is_name(token: Token, setting: Setting) -> bool:
    """Return whether the word is (part of) a name."""
    return setting.name_of(token) is not None or token.pos_ == "PROPN"


def is_usual_sender(token: Token, setting: Setting) -> bool:
    """Return whether in front of "sanctions" the name is that of who imposes them."""
    usual = setting.vocabulary.words["usual_senders"]
    return token.lower_ in usual or (setting.name_of(token) or "") in usual


def is_victim(token: Token, setting: Setting) -> bool:
    """Return whether the object of a verb can be who is hit."""
    if is_name(token, setting) or token.lemma_.lower() in setting.vocabulary.words["actor_nouns"]:
        return True
    if any(is_name(child, setting) for child in token.lefts):
        return True  # "Hamas financiers"
    return any(child.dep_ == "poss" for child in token.children) and token.dep_ == "dative"


def is_time(token: Token, setting: Setting) -> bool:
    """Whether the word says when rather than whom; a bare number does too."""
    return token.pos_ == "NUM" or token.tag_ == "CD" or token.lower_ in setting.vocabulary.words["times"]


def expanded(tokens: Iterable[Token], setting: Setting) -> list[Token]:
    """Return the tokens with what is joined to them, without repeats and without triggers."""
    triggers = {setting.trigger.head.i, *(sibling.i for sibling in setting.siblings)}
    found: dict[int, Token] = {}
    for token in tokens:
        for each in with_conjuncts(token):
            if each.i not in triggers and not is_time(each, setting) and each.pos_ not in _NO_NAMES:
                found.setdefault(each.i, each)
    return list(found.values())


def anchors_of(setting: Setting) -> list[Token]:
    """Return the head and the nouns that it qualifies or fills: "sanctions regime", "package of sanctions"."""
    anchors = [setting.trigger.head]
    for step in setting.steps:
        if step.via not in {"compound", "of", "in"} or step.token.pos_ not in {"NOUN", "PROPN"}:
            break
        if (
            step.via != "compound"
            and step.act is None
            and step.token.lemma_ not in setting.vocabulary.words["quantities"]
        ):
            break  # "a U.S. probe of Canadian tariffs": the probe is American, the tariffs are not
        if step.act and step.act.role is Role.PARTY:
            break  # "his rejection of sanctions": the rejection is his, the sanctions are not
        anchors.append(step.token)
    return anchors
