"""Loading a list changes what differs, and nothing else."""

import json
from typing import Any

import pytest

from schemas import Actor, ActorType
from services.core.errors import ConfigurationError
from services.watchlist.loading import Fate, ListShrank, plan_load, require_no_shrinking
from tests.conftest import CHECKOUT
from tests.eval.labels import SHARED


def actor(identity: str, name: str = "Ann Example", **fields: object) -> Actor:
    return Actor.model_validate({"id": identity, "name": name, "type": ActorType.PERSON, **fields})


def loaded(**lists: list[Actor]) -> dict[str, Actor]:
    changes = plan_load({}, lists).changes
    return {identity: Actor.model_validate_json(value or b"") for identity, value in changes.items()}


def test_only_what_differs_is_written() -> None:
    held = loaded(a=[actor("1"), actor("2", "Bob"), actor("3", "Cy")], b=[actor("4", "Dee")])
    plan = plan_load(held, {"a": [actor("1"), actor("2", "Robert"), actor("5", "Eve")]})
    assert plan.fates == {"1": Fate.UNCHANGED, "2": Fate.AMENDED, "5": Fate.ADDED, "3": Fate.DELISTED}
    assert set(plan.changes) == {"2", "3", "5"}
    assert plan.changes["3"] is None
    assert json.loads(plan.changes["5"] or b"")["loaded_as"] == "a"


def test_loading_the_same_again_changes_nothing() -> None:
    lists = {"a": [actor("1", birth_dates=["1950-01-02"], countries=["ru"])], "b": [actor("2")]}
    held = loaded(**lists)
    assert plan_load(held, lists).changes == {}


def test_an_entry_of_another_list_is_written_when_it_is_linked_or_no_longer() -> None:
    born: dict[str, Any] = {"birth_dates": ["1950-01-02"], "countries": ["ru"]}
    held = loaded(a=[actor("a-1", **born)])
    plan = plan_load(held, {"b": [actor("b-1", **born)]})
    assert plan.fates == {"b-1": Fate.ADDED, "a-1": Fate.RELINKED}
    both = {identity: Actor.model_validate_json(value or b"") for identity, value in plan.changes.items()}
    assert (both["a-1"].same_as, both["b-1"].same_as) == (("b-1",), ("a-1",))
    gone = plan_load(both, {"b": [actor("b-2", "Somebody Else")]})
    assert gone.fates == {"a-1": Fate.RELINKED, "b-1": Fate.DELISTED, "b-2": Fate.ADDED}
    assert json.loads(gone.changes["a-1"] or b"")["same_as"] == []


def test_a_list_that_shrinks_is_refused_unless_that_is_meant() -> None:
    held = loaded(a=[actor(str(number), f"Name {number}") for number in range(10)])
    plan = plan_load(held, {"a": [actor(str(number), f"Name {number}") for number in range(7)]})
    with pytest.raises(ListShrank, match=r"lose 3 of its 10 entries \(30%\), more than 20%.*--max-shrink 0\.3"):
        require_no_shrinking(plan, 0.2)
    require_no_shrinking(plan, 0.3)


def test_an_id_that_stands_on_another_list_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"id `1` .* stands on list `a` already"):
        plan_load(loaded(a=[actor("1")]), {"b": [actor("1")]})


def test_an_entry_in_two_files_of_one_list_is_one() -> None:
    held = loaded(ofac=[actor("1", programmes=["SDGT"]), actor("1", programmes=["NS-PLC"], aliases=["A. E."])])
    assert held["1"].programmes == ("SDGT", "NS-PLC")
    assert held["1"].aliases == ("A. E.",)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the lists beside the checkout")
def test_what_ofac_changed_from_2019_to_2021() -> None:
    from services.watchlist.formats.recognition import read_lists  # noqa: PLC0415 - slow, and only here

    lists = CHECKOUT.parent / "shared" / "data" / "watchlists"
    old, new = (list(read_lists([lists / f"ofac_sdn_csv_{month}"])) for month in ("2019-01", "2021-07"))
    counts = plan_load(loaded(ofac=old), {"ofac": new}).counts
    assert counts[Fate.ADDED] - counts[Fate.DELISTED] == len(new) - len(old) == 8976 - 7379
    assert counts == {Fate.ADDED: 1858, Fate.AMENDED: 840, Fate.DELISTED: 261, Fate.UNCHANGED: 6278}
