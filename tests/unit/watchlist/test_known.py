"""States, unions and bodies are known without being listed; a list has the last word on them."""

import re

import pytest

from schemas import ActorType, LinkMethod
from services.watchlist.file import read_watchlist
from services.watchlist.folding import fold
from services.watchlist.known import known_actors
from services.watchlist.matcher import NameMatcher, names_of
from tests.conftest import CHECKOUT

MATCHER = NameMatcher(known_actors())


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.best.actor.id) for m in MATCHER.match(text)]


def test_nobody_known_is_watched_and_every_id_is_a_slug_of_its_own() -> None:
    actors = known_actors()
    assert not any(actor.watched for actor in actors)
    assert len({actor.id for actor in actors}) == len(actors)
    assert [actor.id for actor in actors if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", actor.id)] == []
    assert sum(actor.type is ActorType.STATE for actor in actors) > 190


def test_no_two_known_actors_share_a_name_of_one_kind() -> None:
    bearers: dict[tuple[str, LinkMethod], set[str]] = {}
    for actor in known_actors():
        for name, method in names_of(actor):
            bearers.setdefault((fold(name), method), set()).add(actor.id)
    assert [name for name, actors in bearers.items() if len(actors) > 1] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. and the UK", [("U.S.", "united-states"), ("UK", "united-kingdom")]),
        ("the UN security council", [("UN security council", "un-security-council")]),
        ("Türkiye and Turkey", [("Türkiye", "turkey"), ("Turkey", "turkey")]),
        ("the Nigerien army, the Nigerian army", [("Nigerien", "niger"), ("Nigerian", "nigeria")]),
        ("Россия, 中国 и Китай", [("Россия", "russia"), ("中国", "china"), ("Китай", "china")]),
        ("OFAC and the Treasury Department", [("OFAC", "ofac"), ("Treasury Department", "us-treasury")]),
        ("the Pentagon", [("Pentagon", "us-defense-department")]),
        ("North Korea, not Korea", [("North Korea", "north-korea")]),
        ("who opec us asean", []),
    ],
)
def test_names_of_the_news_are_known(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_the_list_that_ships_needs_none_of_the_known() -> None:
    listed = {actor.id for actor in read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")}
    assert listed.isdisjoint(actor.id for actor in known_actors())
