"""Of many rules, those are looked at that the actors may meet: no fewer, and hardly more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import NearbyActor, Rule, RuleRef, Scope
from services.alerts.rule_index import RuleIndex
from services.alerts.rules import actor_sets
from tests.unit.alerts.examples import cooccurrence

IDS = ("ann", "bob", "cid", "dan")
SELECTORS = st.fixed_dictionaries({"ids": st.lists(st.sampled_from(IDS), max_size=2, unique=True)})


def ref(identity: str, **fields: object) -> RuleRef:
    content = Rule.model_validate({"id": identity, "name": "R", **fields})
    return RuleRef(id=identity, version="1", content=content)


def ids(rules: object) -> list[str]:
    return [rule.id for rule in rules]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, True),
        ({"all_of": [{"ids": ["ann"]}, {}]}, True),
        ({"all_of": [{"ids": ["zoe"]}, {}]}, False),
        ({"all_of": [{"ids": ["ann"]}, {"ids": ["zoe"]}]}, True),  # of either, not of both: the rule itself decides
        ({"any_of": [{"ids": ["zoe"]}, {"ids": ["bob"]}]}, True),
        ({"any_of": [{"ids": ["zoe"]}, {"tags": ["bank"]}]}, True),
        ({"any_of": [{"ids": ["zoe"]}]}, False),
        ({"none_of": [{"ids": ["zoe"]}]}, True),
        ({"all_of": [{"countries": ["ru"]}, {"ids": ["zoe", "yan"]}]}, False),
    ],
)
def test_a_rule_is_looked_at_where_an_actor_stands_that_it_needs(fields: dict[str, object], *, found: bool) -> None:
    assert bool(RuleIndex([ref("r", **fields)]).candidates(["ann", "bob"])) is found


def test_the_order_stays_and_a_rule_comes_once() -> None:
    rules = [ref("c", any_of=[{"ids": ["ann", "bob"]}]), ref("a"), ref("b", all_of=[{"ids": ["bob"]}, {}])]
    assert ids(RuleIndex(rules).candidates(["bob", "ann", "bob"])) == ["c", "a", "b"]


@given(
    st.lists(st.tuples(st.lists(SELECTORS, max_size=3), st.lists(SELECTORS, max_size=2)), max_size=6),
    st.sets(st.sampled_from(IDS), min_size=2),
)
def test_no_rule_that_is_met_is_left_out(
    drawn: list[tuple[list[dict[str, list[str]]], list[dict[str, list[str]]]]], present: set[str]
) -> None:
    first, second, *more = sorted(present)
    pair = cooccurrence()
    a, b, *others = (
        NearbyActor(**{**pair.actors[0].model_dump(), "actor_id": each}, scope=Scope.SENTENCE, place=0)
        for each in (first, second, *more)
    )
    found = pair.model_copy(update={"actors": (a, b), "others": tuple(others)})
    rules = [ref(str(n), all_of=all_of, any_of=any_of) for n, (all_of, any_of) in enumerate(drawn)]
    met = [rule.id for rule in rules if any(actor_sets(rule.content, found))]
    looked_at = ids(RuleIndex(rules).candidates(present))
    assert [identity for identity in looked_at if identity in met] == met
