"""Entries come, change and go one by one; what is found then is what a roster of those that are left finds."""

from hypothesis import given
from hypothesis import strategies as st

from schemas import Actor, ActorType
from services.core.codec import encode
from services.watchlist.known import known_actors
from services.watchlist.roster import Roster

TEXT = (
    "Russia, Moscow and the Russians; Jordan and Alexander Lukashenko, Aleksandr Lukashenka; the Acme Company of "
    "Belarus, Acme and ACME Bank; Huawei Technologies Co., Ltd. and Huawei."
)
ENTRIES = (
    Actor(id="Q159", name="RUSSIA", type=ActorType.STATE),
    Actor(id="russia", name="Russia", type=ActorType.STATE, aliases=("Alexander Lukashenko",)),
    Actor(id="al", name="Alexander Lukashenko", type=ActorType.PERSON),
    Actor(id="al", name="Lukashenko", type=ActorType.PERSON, aliases=("LUKASHENKO, Alexander",)),
    Actor(id="acme", name="Acme", type=ActorType.COMPANY, acronyms=("ACME",)),
    Actor(id="acme", name="Acme Company", type=ActorType.COMPANY),
    Actor(id="bank", name="Acme Bank", type=ActorType.COMPANY),
    Actor(id="huawei", name="Huawei", type=ActorType.COMPANY, aliases=("Huawei Technologies Co., Ltd.",)),
    Actor(id="jordan-inc", name="Jordan", type=ActorType.COMPANY),
)


def found(roster: Roster) -> list[tuple[int, int, list[tuple[str, str]]]]:
    return [
        (match.start, match.end, [(name.actor.id, name.method.value) for name in match.names])
        for match in roster.match(TEXT)
    ]


@given(st.lists(st.tuples(st.sampled_from(ENTRIES), st.booleans()), max_size=25))
def test_changes_lead_to_the_same_as_a_fresh_start(changes: list[tuple[Actor, bool]]) -> None:
    roster, listed = Roster(), dict[str, Actor]()
    for actor, stays in changes:
        if stays:
            roster.put(actor, encode(actor))
            listed[actor.id] = actor
        else:
            roster.remove(actor.id)
            listed.pop(actor.id, None)
    fresh = Roster(listed.values())
    assert found(roster) == found(fresh)
    assert roster.version == fresh.version
    assert dict(roster.actors) == dict(fresh.actors)


def test_an_entry_with_the_id_of_a_known_actor_replaces_it() -> None:
    mine = Actor(id="russia", name="Russia", type=ActorType.STATE)
    actors = Roster([mine]).actors
    assert actors["russia"] == mine
    assert len(actors) == len(known_actors())


def test_an_entry_with_the_name_of_a_known_actor_takes_its_place_and_its_other_names() -> None:
    actors = Roster([Actor(id="Q159", name="RUSSIA", type=ActorType.STATE)]).actors
    assert "russia" not in actors
    assert actors["Q159"].watched
    assert {"Moscow", "Kremlin"} <= set(actors["Q159"].metonyms)


def test_a_person_or_company_that_is_called_like_a_state_is_another_actor() -> None:
    roster = Roster([Actor(id="jordan-inc", name="Jordan", type=ActorType.COMPANY)])
    assert {"jordan-inc", "jordan"} <= set(roster.actors)
    (match,) = roster.match("Jordan said no.")
    assert match.best.actor.id == "jordan-inc"  # the watched one first
    assert match.ambiguous


def test_the_version_tells_of_the_watchlist_alone() -> None:
    nobody, one = Roster(), Roster([ENTRIES[0]])
    assert nobody.version != one.version
    one.remove("Q159")
    assert one.version == nobody.version
