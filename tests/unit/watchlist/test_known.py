"""States, unions and bodies are known without being listed; a list has the last word on them."""

import re

import pytest

from schemas import Actor, ActorType
from services.watchlist.file import read_watchlist
from services.watchlist.known import known_actors, with_known
from services.watchlist.matcher import NameMatcher
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
    ambiguous = [n[0].text for n in MATCHER._names if len({x.actor.id for x in n if x.method is n[0].method}) > 1]
    assert ambiguous == []


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


def test_an_entry_with_the_id_of_a_known_actor_replaces_it() -> None:
    mine = Actor(id="russia", name="Russia", type=ActorType.STATE)
    merged = with_known([mine])
    assert [actor for actor in merged if actor.id == "russia"] == [mine]
    assert len(merged) == len(known_actors())


def test_an_entry_with_the_name_of_a_known_actor_takes_its_place_and_its_other_names() -> None:
    merged = {actor.id: actor for actor in with_known([Actor(id="Q159", name="RUSSIA", type=ActorType.STATE)])}
    assert "russia" not in merged
    assert merged["Q159"].watched
    assert {"Moscow", "Kremlin"} <= set(merged["Q159"].metonyms)


def test_a_person_or_company_that_is_called_like_a_state_is_another_actor() -> None:
    merged = with_known([Actor(id="jordan-inc", name="Jordan", type=ActorType.COMPANY)])
    assert {"jordan-inc", "jordan"} <= {actor.id for actor in merged}
    (match,) = NameMatcher(merged).match("Jordan said no.")
    assert match.best.actor.id == "jordan-inc"  # the watched one first
    assert match.ambiguous


def test_the_list_that_ships_needs_none_of_the_known() -> None:
    listed = {actor.id for actor in read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")}
    assert listed.isdisjoint(actor.id for actor in known_actors())
