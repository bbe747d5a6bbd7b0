"""Write a name in the other forms that news and lists give it. What is only spelt otherwise: see `spelling.py`."""

import re
from collections.abc import Iterator
from functools import cache

from schemas import Actor, ActorType
from services.watchlist.folding import fold
from services.watchlist.holding import is_own
from services.watchlist.likeness.company_words import company_forms
from services.watchlist.spelling import to_latin

FAMILY_NAME_FIRST = frozenset({"cn", "hk", "kp", "kr", "mo", "tw", "vn"})  # countries; everyone else's is the last

PATRONYMIC = re.compile(r"(?:vich|vych|vna|ichna|авич|ович|евич|овна|евна)$", re.IGNORECASE)
_COMPANIES = frozenset({ActorType.COMPANY, ActorType.ORGANISATION})
_SIGNS = re.compile(r"[^\w&]+")  # "L.L.C." is "LLC"
_LEAST_WORDS = 2
_MOST_FORM_WORDS = 4


def name_forms(actor: Actor) -> Iterator[str]:
    """Yield further forms of an actor's names, each once and none that the actor has.

    "OOO Gazprom Neft" and "Gazprom Neft, Ltd." are also Gazprom Neft; what is left must have two words.
    At most three of one name: "PUTIN, Vladimir Vladimirovich" is also Vladimir Vladimirovich PUTIN, Vladimir PUTIN, and
    on one's own list "PUTIN, Vladimir"; official lists have many names, and news seldom turns one about.
    """
    if actor.type in _COMPANIES:
        yield from _without_legal_forms(actor)
    if actor.type is not ActorType.PERSON:
        return
    seen = {actor.name, *actor.aliases}
    family_first = bool(FAMILY_NAME_FIRST.intersection(actor.countries))
    for spelt in (actor.name, *actor.aliases):
        for form in _forms(" ".join(spelt.split()), family_first=family_first, own=is_own(actor)):
            if form not in seen:
                seen.add(form)
                yield form


def _forms(name: str, *, family_first: bool, own: bool) -> Iterator[str]:
    if "," in name:
        surname, _, given = (part.strip() for part in name.partition(","))
        if not surname or not given or "," in given:
            return
        name = f"{surname} {given}" if family_first else f"{given} {surname}"
        yield name
    words = name.split(" ")
    if family_first:
        yield from _given_name_in_one(words)
        return
    if len(words) == 3 and PATRONYMIC.search(words[1]):
        words = [words[0], words[2]]
        yield " ".join(words)
    if len(words) == 2 and own:
        yield f"{words[1]}, {words[0]}"


def _given_name_in_one(words: list[str]) -> Iterator[str]:
    """Kim Jongun; a hyphen or a space between the two makes no difference."""
    if len(words) == 3:
        family, first, second = words
        yield f"{family} {first}{second.lower()}"
    elif len(words) == 2 and "-" in words[1]:
        first, _, second = words[1].partition("-")
        yield f"{words[0]} {first}{second.lower()}"


def _without_legal_forms(actor: Actor) -> Iterator[str]:
    seen = {actor.name, *actor.aliases}
    for spelt in (actor.name, *actor.aliases):
        words = spelt.split()
        size = len(words)
        first = _form_size(words)
        last = _form_size(words[first:], at_end=True)
        if (first or last) and size - first - last >= _LEAST_WORDS:
            form = " ".join(words[first : size - last]).rstrip(",").strip('"\u201c\u201d\u00ab\u00bb')
            if form not in seen:
                seen.add(form)
                yield form


def _form_size(words: list[str], *, at_end: bool = False) -> int:
    """How many words at the beginning or end of a name are its legal form; of several the longest."""
    forms = company_forms()
    if not words or _spelt(words[-1] if at_end else words[0]) not in _edges():
        return 0
    for size in range(min(_MOST_FORM_WORDS, len(words)), 0, -1):
        form = words[-size:] if at_end else words[:size]
        if tuple(map(_spelt, form)) in forms:
            return size
    return 0


def _spelt(word: str) -> str:
    plain = _SIGNS.sub("", word)
    return plain.lower() if plain.isascii() else to_latin(fold(plain).encode()).decode()


@cache
def _edges() -> frozenset[str]:
    """Words that a legal form begins or ends with: looking one up is quicker than looking for forms."""
    return frozenset(word for form in company_forms() for word in (form[0], form[-1]))
