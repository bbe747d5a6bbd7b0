"""Write the name of a person in the other forms that news and lists give it."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import product

from schemas import Actor, ActorType

FAMILY_NAME_FIRST = frozenset({"cn", "hk", "kp", "kr", "mo", "tw", "vn"})  # countries; everyone else's is the last

_PATRONYMIC = re.compile(r"(?:vich|vych|vna|ichna|авич|ович|евич|овна|евна)$", re.IGNORECASE)
_ENDINGS = (
    frozenset({"sky", "ski", "skiy", "skyy", "skyi", "skii", "skij"}),  # Zelensky, Zelenskyy
    frozenset({"enko", "enka"}),  # Lukashenko, Lukashenka
    frozenset({"yov", "ev", "eyev", "yev"}),
)
_MOST = 24  # forms of one name


def name_forms(actor: Actor) -> Iterator[str]:
    """Yield further spellings of a person's names, each once and none that the actor has; nothing for other actors.

    "LUKASHENKA, Alyaksandr Grigoryevich" is also Alyaksandr Lukashenka, and so Alexander Lukashenko.
    """
    if actor.type is not ActorType.PERSON:
        return
    seen = {actor.name, *actor.aliases}
    for spelt in (actor.name, *actor.aliases):
        for form in _forms(" ".join(spelt.split()), family_first=bool(FAMILY_NAME_FIRST.intersection(actor.countries))):
            if form not in seen:
                seen.add(form)
                yield form


def _forms(name: str, *, family_first: bool) -> Iterator[str]:
    if "," in name:
        surname, _, given = (part.strip() for part in name.partition(","))
        if not surname or not given or "," in given:
            return
        name = f"{surname} {given}" if family_first else f"{given} {surname}"
        yield name
    words = name.split(" ")
    if family_first:
        yield from _given_name_in_two(words)
        return
    if len(words) == 3 and _PATRONYMIC.search(words[1]):
        words = [words[0], words[2]]
        yield " ".join(words)
    if len(words) == 2:
        yield f"{words[1]}, {words[0]}"
        variants = product(_given_names(words[0]), _surnames(words[1]))
        yield from (f"{given} {surname}" for given, surname in list(variants)[:_MOST])


def _given_name_in_two(words: list[str]) -> Iterator[str]:
    """Kim Jong Un, Kim Jong-un, Kim Jongun."""
    if len(words) == 3:
        family, first, second = words
        yield f"{family} {first}-{second.lower()}"
        yield f"{family} {first}{second.lower()}"
    elif len(words) == 2 and "-" in words[1]:
        first, _, second = words[1].partition("-")
        yield f"{words[0]} {first} {second.capitalize()}"
        yield f"{words[0]} {first}{second.lower()}"


def _given_names(given: str) -> tuple[str, ...]:
    return (given, *(form for form in _groups().get(given.lower(), ()) if form.lower() != given.lower()))


def _surnames(surname: str) -> tuple[str, ...]:
    for group in _ENDINGS:
        ending = next((end for end in sorted(group, key=len, reverse=True) if surname.lower().endswith(end)), None)
        if ending and len(surname) > len(ending) + 2:
            stem = surname[: -len(ending)]
            others = sorted(group - {ending})
            return (surname, *(stem + (other.upper() if surname.isupper() else other) for other in others))
    return (surname,)


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """For each given name, lower case, the forms of its group that are in the same script as it."""
    lines = (resources.files("services.watchlist") / "data" / "given_name_forms.txt").read_text("utf-8").splitlines()
    groups: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            _, *latin = line.split()
            for name in latin:
                groups.setdefault(name, tuple(form.capitalize() for form in latin))
    return groups
