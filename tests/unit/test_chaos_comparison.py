"""What the chaos harness calls lost, doubled, foreign and disordered; and its news are what they are meant to be."""

import json
from collections import Counter
from datetime import UTC, datetime

from services.watchlist.file import read_watchlist
from tests.chaos.articles import make_articles
from tests.chaos.comparison import agreeing, broken_lives, canonical, compare, describe
from tests.chaos.faults import Fault, plan
from tests.chaos.upgrading import judge, plan_rollback, plan_upgrade
from tests.conftest import CHECKOUT

START = datetime(2030, 1, 1, tzinfo=UTC)
WATCHLIST = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")
CLEAN = [("a", '{"id": 1}'), ("a", '{"id": 2}'), ("b", '{"id": 3}')]


def test_equal_runs_have_no_difference_though_keys_are_interleaved_otherwise() -> None:
    assert not compare(CLEAN, [CLEAN[2], CLEAN[0], CLEAN[1]])
    assert describe(compare(CLEAN, CLEAN)) == "no difference"


def test_every_kind_of_difference_is_seen() -> None:
    difference = compare(CLEAN, [CLEAN[2], CLEAN[2], ("a", '{"id": 4}')])
    assert difference.lost == (CLEAN[0], CLEAN[1])
    assert difference.doubled == (CLEAN[2],)
    assert difference.foreign == (("a", '{"id": 4}'),)
    assert compare(CLEAN, [CLEAN[1], CLEAN[0], CLEAN[2]]).disordered == ("a",)
    assert "lost: a" in describe(difference)


def event(key: str, alert: str, sequence: int, says: str = "") -> tuple[str, str]:
    return canonical(
        key.encode(),
        json.dumps({"id": f"{alert}-{sequence}", "alert_id": alert, "sequence": sequence, "says": says}).encode(),
    )


def test_an_event_that_is_missing_or_stands_there_twice_breaks_the_life_of_its_alert() -> None:
    whole = [event("a", "one", 1), event("b", "two", 1), event("a", "one", 2)]
    assert broken_lives(whole) == ()
    assert broken_lives([*whole, whole[2]]) == ("one",)
    assert broken_lives([*whole, event("a", "one", 4)]) == ("one",)
    assert broken_lives(whole[1:]) == ("one",)


def test_two_versions_are_compared_where_they_agree_and_counted_everywhere() -> None:
    both, better = event("a", "one", 1), event("b", "two", 1, "more")
    old, new = [both, event("b", "two", 1)], [both, better]
    assert agreeing(old, new) == {"a"}
    verdict = judge([both, event("b", "two", 1, "something between")], old=old, new=new)
    assert (bool(verdict), verdict.agreed, verdict.keys) == (False, 1, 2)
    assert judge([better], old=old, new=new).difference.lost == (both,)
    assert judge([both, better, better], old=old, new=new).broken == ("two",)


def test_readers_are_replaced_before_writers_and_after_them_on_the_way_back() -> None:
    there, back = plan_upgrade(CHECKOUT), plan_rollback(CHECKOUT)
    assert [each.kind for each in there] == ["alerts", "alerts", "processor", "processor"]
    assert [each.kind for each in back] == ["processor", "processor", "alerts", "alerts"]
    shares = [each.at for each in (*plan_upgrade(CHECKOUT, last=0.5), *plan_rollback(CHECKOUT, first=0.5))]
    assert shares == sorted(shares)


def test_the_order_of_json_fields_is_no_difference() -> None:
    assert canonical(b"k", b'{"a": 1, "b": [2]}') == canonical(b"k", b'{"b":[2],"a":1}')
    assert canonical(b"k", b'{"a": 1}') != canonical(b"k", b'{"a": 2}')


def test_the_news_follow_from_the_seed() -> None:
    made = make_articles(500, WATCHLIST, seed=3, start=START)
    assert made == make_articles(500, WATCHLIST, seed=3, start=START)
    assert made != make_articles(500, WATCHLIST, seed=4, start=START)
    assert len(made) == 500


def test_the_news_of_a_pair_come_one_after_the_other_and_hold_corrections_copies_and_repeats() -> None:
    made = make_articles(2_000, WATCHLIST, seed=3, start=START)
    last: dict[bytes, datetime] = {}
    for each in made:
        assert START <= last.get(each.key, START) < each.arrived_at
        assert each.article.published_at is not None
        assert each.article.published_at < each.arrived_at
        last[each.key] = each.arrived_at
    ids = Counter(each.article.id for each in made)
    texts = Counter(each.article.text for each in made)
    revisions = Counter((each.article.id, each.article.text) for each in made)
    assert max(ids.values()) > 1  # corrections and repeats
    assert len(revisions) > len(ids)  # corrections
    assert max(revisions.values()) > 1  # repeats
    assert len(texts) < len(revisions)  # copies


def test_a_plan_is_spread_over_the_run_and_holds_what_is_wanted() -> None:
    planned = plan(((Fault.KILL, 20), (Fault.CRASH, 3)), seed=1, nodes=3)
    assert planned == plan(((Fault.KILL, 20), (Fault.CRASH, 3)), seed=1, nodes=3)
    shares = [each.at for each in planned]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.1
    assert 0.9 < shares[-1] < 1
    assert Counter(each.fault for each in planned) == {Fault.KILL: 20, Fault.CRASH: 3}
    assert sorted(each.target for each in planned if each.fault is Fault.CRASH) == [0, 1, 2]
    assert Counter(each.kind for each in planned if each.fault is Fault.KILL) == {"processor": 10, "alerts": 10}
