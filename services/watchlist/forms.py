"""Write a name in the other forms that news and lists give it. What is only spelt otherwise: see `spelling.py`."""

import re
from collections.abc import Iterator

from schemas import Actor, ActorType
from services.watchlist.holding import is_own

FAMILY_NAME_FIRST = frozenset({"cn", "hk", "kp", "kr", "mo", "tw", "vn"})  # countries; everyone else's is the last

_PATRONYMIC = re.compile(r"(?:vich|vych|vna|ichna|авич|ович|евич|овна|евна)$", re.IGNORECASE)


def name_forms(actor: Actor) -> Iterator[str]:
    """Yield further forms of a person's names, each once and none that the actor has; nothing for other actors.

    At most three of one name: "PUTIN, Vladimir Vladimirovich" is also Vladimir Vladimirovich PUTIN, Vladimir PUTIN, and
    on one's own list "PUTIN, Vladimir"; official lists have many names, and news seldom turns one about.
    """
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
    if len(words) == 3 and _PATRONYMIC.search(words[1]):
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
