"""Entries of two lists are one actor by a number, or by name, birth date and country; never by name alone."""

from typing import Any

import pytest

from schemas import Actor, ActorType, IdNumber
from services.watchlist.links import link

BORN: dict[str, Any] = {"birth_dates": ("1952-10-07",), "countries": ("ru",)}


def entry(identity: str, name: str = "Vladimir PUTIN", **fields: object) -> Actor:
    said = {"type": ActorType.PERSON, "loaded_as": identity.split("-", maxsplit=1)[0], **fields}
    return Actor.model_validate({"id": identity, "name": name, **said})


def number(kind: str, text: str, country: str | None = None) -> dict[str, Any]:
    return {"id_numbers": (IdNumber(kind=kind, number=text, country=country),)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("a-1", **BORN), entry("b-1", "Putin, Vladimir", **BORN)),
        (entry("a-1", **BORN), entry("b-1", "Somebody", aliases=("Vladimir Putin",), **BORN)),
        (
            entry("a-1", "Ann", **number("passport", "RU 12-345", "ru")),
            entry("b-1", "Bob", **number("passport", "ru12345")),
        ),
        (
            entry("a-1", "A", type=ActorType.ORGANISATION, **number("tax", "7702070139", "ru")),
            entry("b-1", "B", type=ActorType.COMPANY, **number("registration", "7702070139", "ru")),
        ),
        (
            entry("a-1", "A", type=ActorType.VESSEL, **number("imo", "IMO 9187629")),
            entry("b-1", "B", type=ActorType.VESSEL, **number("imo", "9187629")),
        ),
    ],
)
def test_they_are_one(one: Actor, other: Actor) -> None:
    assert link([one, other]) == {"a-1": ("b-1",), "b-1": ("a-1",)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("a-1"), entry("b-1")),
        (entry("a-1", countries=("ru",)), entry("b-1", countries=("ru",))),
        (entry("a-1", birth_dates=("1952-10-07",)), entry("b-1", birth_dates=("1952-10-07",))),
        (entry("a-1", **BORN), entry("b-1", birth_dates=("1952-10-08",), countries=("ru",))),
        (
            entry("a-1", birth_dates=("1952",), countries=("ru",)),
            entry("b-1", birth_dates=("1952",), countries=("ru",)),
        ),
        (entry("a-1", **BORN), entry("a-2", **BORN)),
        (
            entry("a-1", "Ann", **number("passport", "12345", "ru")),
            entry("b-1", "Bob", **number("passport", "12345", "ir")),
        ),
        (entry("a-1", "Ann", **number("passport", "1234")), entry("b-1", "Bob", **number("passport", "1234"))),
        (
            entry("a-1", "Ann", **number("imo", "9187629")),
            entry("b-1", "Bob", type=ActorType.VESSEL, **number("imo", "9187629")),
        ),
    ],
)
def test_they_are_not_known_to_be_one(one: Actor, other: Actor) -> None:
    assert link([one, other]) == {}


def test_what_very_many_share_links_nobody() -> None:
    assert link([entry(f"l{n}-1", f"Name {n}", **number("passport", "UNKNOWN")) for n in range(60)]) == {}
