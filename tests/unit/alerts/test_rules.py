"""Rules pick the co-occurrences that their words describe, and no others."""

from pathlib import Path

import pytest

from schemas import ActorType, CoOccurrence, Rule, Scope, Status
from services.alerts.rules import matching, read_rules
from services.core.listing import ListingError
from tests.conftest import CHECKOUT
from tests.unit.alerts.examples import actor, cooccurrence, mention


def rule(**fields: object) -> Rule:
    return Rule.model_validate({"id": "r", "name": "R", **fields})


def meets(candidate: Rule, found: CoOccurrence) -> bool:
    return matching([candidate], found) == (candidate,)


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


def test_one_selector_is_met_by_either_actor_and_two_by_one_each() -> None:
    pair = cooccurrence(
        actors=("ann", "bob"),
    ).model_copy(
        update={
            "actors": (
                actor("ann", "Ann", tags=["minister"], countries=["by"]),
                actor("bob", "Bob", type=ActorType.COMPANY, tags=["oil"]),
            )
        }
    )
    assert meets(rule(actors=[{"ids": ["bob"]}]), pair)
    assert meets(rule(actors=[{"types": ["company"], "tags": ["oil", "gas"]}]), pair)
    assert not meets(rule(actors=[{"types": ["company"], "tags": ["minister"]}]), pair)
    assert meets(rule(actors=[{"types": ["company"]}, {"countries": ["by", "ru"]}]), pair)
    assert not meets(rule(actors=[{"ids": ["ann"]}, {"countries": ["by"]}]), pair)
    assert meets(rule(actors=[{}, {"ids": ["ann"]}]), pair)


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
