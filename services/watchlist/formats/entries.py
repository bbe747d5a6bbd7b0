"""Make an actor of what a list says of somebody, in one way for every format."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from pydantic import ValidationError

from schemas import Actor, ActorType
from services.core.listing import ListingError
from services.watchlist.folding import fold
from services.watchlist.known import known_actors

MAX_REMARKS = 2000  # code points; the whole text is at the source
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SPACE = re.compile(r"\s+")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_COUNTED = re.compile(r"\(\d+\)(?:-\(\d+\))?")  # the United Kingdom numbers what it says: "(1)-(2) Indonesia"
_ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?(?:T.*)?")
_SLASHED = re.compile(r"(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4})")
_WRITTEN = re.compile(r"(?:(?P<day>\d{1,2}) )?(?P<month>[A-Za-z]{3,9})\.? (?P<year>\d{4})")
_NAMED = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: f"{number:02}" for number, name in enumerate(_NAMED, start=1)}


def make_actor(source: str, line: int | None, **fields: Any) -> Actor:
    """Return the actor that an entry of a list describes.

    Args:
        source: What errors call the list.
        line: Where the entry stands in it.
        fields: Those of `Actor`, as the list spells them. Names are given single spaces and listed once, where they
            count most; what says nothing is left out.

    Raises:
        ListingError: Names line and field.
    """
    name = clean(fields.pop("name", ""))
    taken = {name}
    for kind in ("aliases", "weak_aliases"):
        names = dict.fromkeys(clean(each) for each in fields.get(kind, ()))
        fields[kind] = tuple(each for each in names if each and each not in taken)
        taken |= names.keys()
    for kind in ("birth_dates", "programmes", "countries", "lists"):
        fields[kind] = tuple(dict.fromkeys(each for each in fields.get(kind, ()) if each))
    if remarks := clean(fields.pop("remarks", "")):
        fields["remarks"] = remarks[:MAX_REMARKS]
    return validated(source, line, {"name": name, **fields})


def validated(source: str, line: int | None, fields: Mapping[str, Any]) -> Actor:
    """Return the actor that has these fields.

    Raises:
        ListingError: Names line and field.
    """
    try:
        return Actor.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        identity = f"entry `{fields.get('id', '')!s:.100}`, "
        raise ListingError(source, f"{identity}{field}: {first['msg']} ({first['input']!r:.60})", line=line) from error


def clean(text: str | None) -> str:
    """Return a text with single spaces and without control characters."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", text or "")).strip()


def countries_of(names: Iterable[str | None]) -> tuple[str, ...]:
    """Return the codes of countries that are given by name, adjective or code; others are left out."""
    known = _countries()
    found = (known.get(fold(part)) for name in names for part in _parts(name))
    return tuple(dict.fromkeys(code for code in found if code))


def read_date(text: str | None) -> str | None:
    """Return a day, month or year in ISO 8601, as exactly as the text says it; None if it names no year.

    Read are "30 Aug 1954", "Aug 1954", "1954-08-30", "30/08/1954" and "00/00/1954"; of "circa 1954" and the like, the
    year.
    """
    said = clean(text)
    if match := _ISO.fullmatch(said):
        return _valid(match["year"], match["month"], match["day"])
    if match := _SLASHED.fullmatch(said):
        return _valid(match["year"], match["month"], match["day"])
    if match := _WRITTEN.fullmatch(said):
        month = _MONTHS.get(match["month"][:3].lower())
        return _valid(match["year"], month, match["day"])
    year = _YEAR.search(said)
    return year[0] if year else None


def read_day(text: str | None) -> date | None:
    """Return a day; None if the text names none."""
    found = read_date(text)
    return date.fromisoformat(found) if found and len(found) == len("2001-02-23") else None


def kind_of(word: str | None) -> ActorType:
    """Return the type of actor that lists mean by a word such as "Individual"; most call everything else an entity."""
    kinds = {
        "individual": ActorType.PERSON,
        "person": ActorType.PERSON,
        "vessel": ActorType.VESSEL,
        "ship": ActorType.VESSEL,
        "aircraft": ActorType.AIRCRAFT,
    }
    return kinds.get(clean(word).lower(), ActorType.ORGANISATION)


def _valid(year: str, month: str | None, day: str | None) -> str:
    """Return as much of a date as there is in the calendar: "00" stands for what is not known."""
    day = (day or "").rjust(2, "0")
    try:
        if month and day != "00":
            return date(int(year), int(month), int(day)).isoformat()
        if month:
            return date(int(year), int(month), 1).isoformat()[:7]
    except ValueError:
        pass
    return year


def _parts(name: str | None) -> list[str]:
    return [clean(part).removeprefix("The ").removeprefix("the ") for part in _COUNTED.split(name or "") if clean(part)]


@cache
def _countries() -> dict[str, str]:
    """Codes by folded name, adjective and code."""
    names: dict[str, str] = {}
    for actor in known_actors():
        if actor.type is ActorType.STATE and actor.countries:
            for name in (*actor.countries, actor.name, *actor.aliases, *actor.acronyms, *actor.demonyms):
                names.setdefault(fold(name), actor.countries[0])
    return names
