"""Rules pick the co-occurrences that their words describe, and no others."""

from pathlib import Path

import pytest

from schemas import ActorType, CoOccurrence, NearbyActor, Rule, Scope, Status
from services.alerts.rules import actor_sets, read_rules
from services.core.listing import ListingError
from tests.conftest import CHECKOUT
from tests.unit.alerts.examples import actor, cooccurrence, mention, span


def rule(**fields: object) -> Rule:
    return Rule.model_validate({"id": "r", "name": "R", **fields})


def meets(candidate: Rule, found: CoOccurrence) -> bool:
    return list(actor_sets(candidate, found)) == [found.actors]


@pytest.mark.parametrize(
    ("widest", "scope", "counts"),
    [
        (Scope.SENTENCE, Scope.SENTENCE, True),
        (Scope.SENTENCE, Scope.PARAGRAPH, False),
        (Scope.PARAGRAPH, Scope.SENTENCE, True),
        (Scope.PARAGRAPH, Scope.ARTICLE, False),
        (Scope.ARTICLE, Scope.ARTICLE, True),
    ],
)
def test_the_widest_scope_that_counts(widest: Scope, scope: Scope, *, counts: bool) -> None:
    assert meets(rule(scope=widest), cooccurrence(scope=scope)) is counts


PAIR = cooccurrence(
    actors=("ann", "bob"),
).model_copy(
    update={
        "actors": (
            actor("ann", "Ann", tags=["minister"], countries=["by"], lists=["eu"]),
            actor("bob", "Bob", type=ActorType.COMPANY, tags=["oil"]),
        )
    }
)


def test_all_of_is_met_by_an_actor_each() -> None:
    assert meets(rule(all_of=[{"ids": ["bob"]}]), PAIR)
    assert meets(rule(all_of=[{"lists": ["eu", "un"]}]), PAIR)
    assert meets(rule(all_of=[{"types": ["company"], "tags": ["oil", "gas"]}]), PAIR)
    assert not meets(rule(all_of=[{"types": ["company"], "tags": ["minister"]}]), PAIR)
    assert meets(rule(all_of=[{"types": ["company"]}, {"countries": ["by", "ru"]}]), PAIR)
    assert not meets(rule(all_of=[{"ids": ["ann"]}, {"countries": ["by"]}]), PAIR)
    assert meets(rule(all_of=[{}, {"ids": ["ann"]}]), PAIR)


def test_any_of_is_met_by_one_actor_and_none_of_by_none() -> None:
    assert meets(rule(any_of=[{"ids": ["zoe"]}, {"tags": ["oil"]}]), PAIR)
    assert not meets(rule(any_of=[{"ids": ["zoe"]}]), PAIR)
    assert meets(rule(none_of=[{"ids": ["zoe"]}]), PAIR)
    assert not meets(rule(none_of=[{"ids": ["zoe"]}, {"types": ["company"]}]), PAIR)


def nearby(identity: str, **changes: object) -> NearbyActor:
    given = {**actor(identity, "Bob").model_dump(), "scope": Scope.SENTENCE, "place": 0, **changes}
    return NearbyActor.model_validate(given)


def test_three_actors_are_found_from_the_pair_of_the_smallest_ids_alone() -> None:
    others = (nearby("cid", tags=["bank"]), nearby("dan", scope=Scope.ARTICLE), nearby("aaa"))
    found = PAIR.model_copy(update={"others": others})
    three = rule(all_of=[{}, {}, {}])
    assert [[a.actor_id for a in actors] for actors in actor_sets(three, found)] == [["ann", "bob", "cid"]]
    wide = rule(all_of=[{}, {}, {"tags": ["bank"]}], scope=Scope.ARTICLE)
    assert [[a.actor_id for a in actors] for actors in actor_sets(wide, found)] == [["ann", "bob", "cid"]]
    assert len(list(actor_sets(rule(all_of=[{}, {}, {}], scope=Scope.ARTICLE), found))) == 2


def test_four_actors_must_stand_in_the_same_sentence() -> None:
    four = rule(all_of=[{}, {}, {}, {}])
    apart = PAIR.model_copy(update={"others": (nearby("cid", place=0), nearby("dan", place=90))})
    together = PAIR.model_copy(update={"others": (nearby("cid", place=90), nearby("dan", place=90))})
    assert list(actor_sets(four, apart)) == []
    assert [len(actors) for actors in actor_sets(four, together)] == [4]


def test_a_sanctions_condition_may_ask_who_sanctions_whom() -> None:
    def party(identity: str) -> dict[str, object]:
        return {**span("Ann").model_dump(), "actor_id": identity}

    told = cooccurrence(sanctions=[mention("a-1", senders=[party("ann")], targets=[party("bob"), party("zoe")])])
    assert meets(rule(sanctions={"between_actors": True}), told)
    assert meets(rule(sanctions={"senders": ["ann"], "targets": ["zoe"]}), told)
    assert not meets(rule(sanctions={"senders": ["bob"]}), told)
    other = cooccurrence(sanctions=[mention("a-1", senders=[party("ann")], targets=[party("zoe")])])
    assert not meets(rule(sanctions={"between_actors": True}), other)


def test_a_sanctions_condition_asks_for_one_mention_that_meets_all_of_it() -> None:
    wanted = rule(sanctions={"measures": ["sanctions"], "statuses": ["evaded"], "min_confidence": 0.5})
    assert not meets(wanted, cooccurrence())
    assert not meets(wanted, cooccurrence(sanctions=[mention("a-1")]))
    assert meets(wanted, cooccurrence(sanctions=[mention("a-1"), mention("a-1", status=Status.EVADED)]))
    assert not meets(wanted, cooccurrence(sanctions=[mention("a-1", status=Status.EVADED, confidence=0.4)]))
    assert not meets(wanted, cooccurrence(sanctions=[mention("a-1", status=Status.EVADED, negated=True)]))
    assert not meets(
        wanted,
        cooccurrence(sanctions=[mention("a-1", status=Status.EVADED, measure="tariff"), mention("a-1")]),
    )


def test_both_links_must_be_as_sure_as_asked() -> None:
    unsure = cooccurrence().model_copy(update={"actors": (actor("ann", "Ann"), actor("bob", "Bob", score=0.7))})
    assert meets(rule(min_score=0.7), unsure)
    assert not meets(rule(min_score=0.71), unsure)


def test_the_rules_that_ship_can_be_read() -> None:
    rules = read_rules(CHECKOUT / "seeds" / "rules.yaml")
    assert "same-sentence" in [each.id for each in rules]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules:\n  - id: a\n    name: A\n    severity: loud\n", r"rules\.yaml, line 2: severity: .*'loud'"),
        ("rules:\n  - id: a\n    name: A\n  - id: a\n    name: B\n", r"line 4: id: `a` stands already in line 2"),
        ("rules:\n  - id: a\n    name: A\n    scop: article\n", r"line 2: scop: no such field; the fields are id"),
        ("rules:\n  - id: a\n", r"line 2: name: Field required"),
        ("rules:\n  - id: a\n    name: A\n    sanctions:\n      status: [evaded]\n", r"line 2: sanctions\.status: "),
        ("rules: [a\n", r"not readable as YAML"),
        ("actors: []\n", r"needs a key `rules`"),
        ("rules:\n  - id: a\n    name: A\n    resolve_after: 5\n", r"line 2: resolve_after: .*needs a unit"),
        ("rules:\n  - id: a|b\n    name: A\n", r"line 2: id: "),
        ("rules:\n  - id: a\n    name: A\n    mute: [{timezone: Nowhere}]\n", r"mute\.0\.timezone: .*no time zone"),
        (
            "rules:\n  - id: a\n    name: A\n    sanctions:\n      statuses: [gone]\n",
            r"line 2: sanctions\.statuses\.0: ",
        ),
    ],
)
def test_what_is_wrong_with_rules_is_named_by_line_and_field(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(ListingError, match=told):
        read_rules(tmp_path / "rules.yaml")
