"""Find whose goods, assets or accounts a measure touches: "imports of Japanese steel", "the assets of X"."""

from collections.abc import Iterator

from spacy.tokens import Token

from schemas import Measure
from services.extraction.sanctions.setting import TRADE, Setting, is_name
from services.extraction.sanctions.syntax import children, objects_of_preposition

_OWNING = frozenset({"of", "from", "to", "in", "belonging"})
_BOUND = frozenset({"bound", "destined", "sold", "shipped"})
_MAX_DEPTH = 3  # "imports of parts of goods from"


def owners_of(thing: Token, setting: Setting, depth: int = 0) -> Iterator[Token]:
    """Yield who the thing belongs to or comes from; the thing itself where only its name says so ("Russian oil")."""
    owners = children(thing, "poss")
    if owners:
        yield from owners
        return
    words = setting.vocabulary.words
    counted = thing.lemma_.lower() in words["quantities"]
    if not counted and any(is_name(child, setting) for child in thing.lefts):
        yield thing
        return
    behind = list(objects_of_preposition(thing, _OWNING)) if depth < _MAX_DEPTH else []
    named = [found for found in behind if is_name(found, setting)]
    for found in named or behind:
        if found.lemma_.lower() in words["goods"] | words["quantities"]:
            yield from owners_of(found, setting, depth + 1)
        elif depth or found in named or setting.trigger.measure not in TRADE:
            yield found
        else:
            yield from named or _destinations(found, setting) or [found]
    if depth and not behind:
        yield thing


def _destinations(thing: Token, setting: Setting) -> list[Token]:
    """Where goods go: "exports of sensors to Iran", "machines bound for China"."""
    if setting.trigger.measure is not Measure.EXPORT_CONTROL:
        return []
    bound = [verb for verb in children(thing, "acl") if verb.lower_ in _BOUND]
    found = [
        place
        for token in (thing, *bound, setting.trigger.victim, setting.trigger.head)
        if token is not None
        for place in objects_of_preposition(token, {"to", "for"})
        if is_name(place, setting)
    ]
    return found[:1]


def holders_of(found: Token, setting: Setting, depth: int = 0) -> Iterator[Token]:
    """Yield whose goods: "imports of Japanese steel", "imports from China"; anything but goods stands for itself."""
    lemma, words = found.lemma_.lower(), setting.vocabulary.words
    if lemma in {"following", "list"}:  # "on the following: A and B"
        listed = [name for name in found.doc[found.i + 1 :] if name.dep_ in {"appos", "dep"}]
        yield from listed[:1] or [found]
        return
    if destinations := _destinations(found, setting):
        yield from destinations
        return
    if lemma not in words["goods"] and lemma not in words["quantities"]:
        yield found
        return
    if any(is_name(child, setting) or child.dep_ == "poss" for child in found.lefts):
        yield found
        return
    nested = list(objects_of_preposition(found, {"from", "of", "to"})) if depth < _MAX_DEPTH else []
    for inner in nested:
        yield from holders_of(inner, setting, depth + 1)
