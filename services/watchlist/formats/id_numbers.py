"""Tell passports, registers and the like apart by what lists call them."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

import yaml

from schemas import IdNumber
from services.watchlist.formats.entries import clean, countries_of

_LONGEST = 100


def id_numbers(said: Iterable[tuple[str, str, str | None]]) -> tuple[IdNumber, ...]:
    """Return the numbers among what a list says of an actor.

    Args:
        said: What the list calls it, the number, and who issued it: a name or code of a country.
    """
    found = {}
    for name, number, country in said:
        kind, text = _kind(name), clean(number)
        if kind and text and len(text) <= _LONGEST:
            issuer = next(iter(countries_of([country])), None)
            found[kind, text] = IdNumber(kind=kind, number=text, country=issuer)
    return tuple(found.values())


def _kind(name: str) -> str | None:
    said = clean(name).lower().replace("_", " ")
    return next((kind for kind, pattern in _patterns().items() if pattern.search(said)), None)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    written = (resources.files("services.watchlist") / "data" / "id_number_kinds.yaml").read_text("utf-8")
    return {
        kind: re.compile("|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" for word in words))
        for kind, words in yaml.safe_load(written).items()
    }
