"""The scorer says what is right and what is not, and says it as the published scorer does."""

import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import ArticleRef, Measure, Party, SanctionsMention, Span, Status
from tests.eval.breakdown import Kind, by_measure, by_status
from tests.eval.calibration import reliability, sure
from tests.eval.figures import drops
from tests.eval.labels import GoldEntities, GoldEntity, GoldMention, GoldRow, read_labels
from tests.eval.scoring import Counts, compare, counts
from tests.eval.spans import EntityCounts, entity_counts
from tests.eval.verdicts import judge

TEXT = "The EU imposed sanctions on Iran and tariffs on China."
NAMES = ("EU", "Iran", "China", "the European Union", "US")


def gold(*, measure: Measure = Measure.SANCTIONS, status: Status = Status.IMPOSED, **other: Any) -> GoldMention:
    told: dict[str, Any] = {
        "status_ok": (status,),
        "negated": False,
        "senders": ("EU",),
        "sender_ok": (),
        "targets": ("Iran",),
        "target_ok": (),
        "optional": False,
        "triggers": ((15, 24),),
    }
    return GoldMention(measure=measure, status=status, **(told | other))


def party(name: str) -> Party:
    return Party(field="text", start=0, end=len(name), text=name)


def found(
    senders: Sequence[str] = ("EU",),
    targets: Sequence[str] = ("Iran",),
    *,
    measure: Measure = Measure.SANCTIONS,
    status: Status = Status.IMPOSED,
    trigger: tuple[int, int] = (15, 24),
    confidence: float = 0.95,
) -> SanctionsMention:
    start, end = trigger
    return SanctionsMention(
        id="m-1",
        article=ArticleRef(id="a-1"),
        measure=measure,
        status=status,
        senders=tuple(map(party, senders)),
        targets=tuple(map(party, targets)),
        trigger=Span(field="text", start=start, end=end, text=TEXT[start:end]),
        evidence=Span(field="text", start=0, end=len(TEXT), text=TEXT),
        confidence=confidence,
    )


def row(*mentions: GoldMention) -> GoldRow:
    return GoldRow(id="r-1", text=TEXT, mentions=mentions)


@pytest.mark.parametrize(
    ("labelled", "accepted", "senders", "right"),
    [
        (("EU",), (), ("EU",), True),
        (("EU",), (), ("the EU",), True),
        (("EU",), (), (), False),
        (("EU",), (None,), (), True),
        (("EU",), (), ("EU", "US"), False),
        (("EU",), ("US",), ("EU", "US"), True),
        (("EU", "US"), (), ("EU",), False),
        (("EU",), ("Brussels",), ("Brussels",), True),
        ((), (), ("EU",), False),
        ((), (), (), True),
        (("U.S. Treasury",), (), ("Treasury",), True),
    ],
)
def test_a_slot_is_right_when_all_is_found_and_nothing_else(
    labelled: tuple[str, ...], accepted: tuple[str | None, ...], senders: tuple[str, ...], *, right: bool
) -> None:
    assert judge(gold(senders=labelled, sender_ok=accepted), found(senders)).sender is right


def test_what_is_missed_and_what_is_invented_count_against_it() -> None:
    comparison = compare(
        row(gold(), gold(triggers=((37, 44),), measure=Measure.TARIFF)),
        [found(), found(measure=Measure.PRICE_CAP, trigger=(0, 3))],
    )
    assert [pair.verdict.fact for pair in comparison.pairs] == [True]
    assert (len(comparison.missed), len(comparison.invented)) == (1, 1)
    assert counts(comparison) == Counts(2, 2, 1, 1, 1, 1, 1, 1, 0, 0)


def test_an_optional_mention_counts_neither_way() -> None:
    assert counts(compare(row(gold(optional=True)), [found()])) == Counts()
    assert counts(compare(row(gold(optional=True)), [])) == Counts()


def test_a_shared_trigger_decides_which_mention_is_meant() -> None:
    near, far = found(("US",), ("China",)), found(trigger=(37, 44))
    (pair,) = compare(row(gold()), [far, near]).pairs
    assert pair.found is near


def test_texts_without_a_sanction_are_counted_and_so_are_those_that_get_one() -> None:
    together = counts(compare(row(), [found()])) + counts(compare(row(), []))
    assert (together.negatives, together.negatives_hit) == (2, 1)


def test_confidence_is_held_against_right_facts() -> None:
    comparisons = [compare(row(gold()), [found()]), compare(row(), [found()]), compare(row(), [found(confidence=0.5)])]
    assert [(b.low, b.count, b.right) for b in reliability(comparisons)] == [(0.5, 1, 0), (0.9, 2, 1)]
    assert sure(comparisons).share == 0.5


def test_only_a_fall_of_two_points_is_one() -> None:
    committed = {"set": {"f1": 0.84}}
    assert list(drops(committed, {"set": {"f1": 0.8201}})) == []
    assert len(list(drops(committed, {"set": {"f1": 0.82}}))) == 1
    assert list(drops(committed, {"other": {"f1": 0.0}})) == []


def test_names_are_compared_without_article_and_possessive_and_beside_what_is_ignored() -> None:
    labelled = GoldEntities(
        id="r-1", text="The EU's men met Iran.", entities=(GoldEntity(start=4, end=6, label="ORG"),), ignore=((17, 21),)
    )
    assert entity_counts(labelled, [(0, 8, "ORG"), (17, 21, "GPE")]) == EntityCounts(1, 1, 1, 1)
    assert entity_counts(labelled, [(4, 6, "GPE"), (9, 12, "PERSON")]) == EntityCounts(1, 2, 1, 0)


MENTIONS = st.builds(
    found,
    st.lists(st.sampled_from(NAMES), max_size=2),
    st.lists(st.sampled_from(NAMES), max_size=2),
    measure=st.sampled_from(list(Measure)[:7]),
    status=st.sampled_from(list(Status)[:3]),
    trigger=st.sampled_from([(15, 24), (37, 44), (0, 3)]),
)


@pytest.fixture(scope="module")
def rows() -> list[GoldRow]:
    labels = read_labels().sanctions
    return [each for name in sorted(labels) for each in labels[name]]


@given(data=st.data())
def test_the_figures_are_those_of_the_published_scorer(published: ModuleType, rows: list[GoldRow], data: Any) -> None:
    some = data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=8, unique_by=lambda each: each.id))
    extracted = {each.id: data.draw(st.lists(MENTIONS, max_size=4)) for each in some}
    ours = sum((counts(compare(each, extracted[each.id])) for each in some), Counts())
    theirs = published.score_sanctions(
        [json.loads(each.model_dump_json()) for each in some],
        {name: {"sanctions": [json.loads(m.model_dump_json()) for m in found]} for name, found in extracted.items()},
        tariffs=True,
        errors=False,
    )
    assert {name: theirs[name] for name in ours.figures()} == ours.figures()
    assert (theirs["negatives"], theirs["negatives_hit"]) == (ours.negatives, ours.negatives_hit)


def test_kinds_add_up_to_the_whole() -> None:
    tariff = gold(measure=Measure.TARIFF, status=Status.PROPOSED, triggers=((37, 44),))
    comparisons = [
        compare(row(gold(), tariff), [found(), found(measure=Measure.PRICE_CAP, trigger=(0, 3))]),
        compare(row(tariff), [found((), measure=Measure.TARIFF, status=Status.PROPOSED, trigger=(37, 44))]),
    ]
    assert by_measure(comparisons) == [
        Kind("sanctions", gold=1, found=1, sender=1, target=1, status=1, fact=1, invented=0),
        Kind("tariff", gold=2, found=1, sender=0, target=1, status=1, fact=0, invented=0),
        Kind("price_cap", gold=0, found=0, sender=0, target=0, status=0, fact=0, invented=1),
    ]
    assert [(kind.name, kind.gold, kind.fact) for kind in by_status(comparisons)] == [
        ("imposed", 1, 1),
        ("proposed", 2, 0),
    ]
