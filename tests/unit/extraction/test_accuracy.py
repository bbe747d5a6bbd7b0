"""Accuracy does not fall: each committed figure is measured again, on whatever labels are here."""

import json

import pytest

from services.extraction.pipeline import Extractor
from tests.eval.ablation import PARTS
from tests.eval.evaluation import Reader, evaluate
from tests.eval.figures import Figures, drops, figures_of, read_figures
from tests.eval.labels import SHARED, Labels, read_labels
from tests.eval.published import published_scorer

COMMITTED = read_figures()
pytestmark = pytest.mark.timeout(600)  # the first test reads every text; on a busy machine that takes minutes
ANEW = "run `make eval EVAL_ARGS='--quick --write'`, and look at what changes"


@pytest.fixture(scope="module")
def labels() -> Labels:
    return read_labels()


@pytest.fixture(scope="module")
def reader(extractor: Extractor) -> Reader:
    return Reader(extractor)


@pytest.fixture(scope="module")
def now(reader: Reader, labels: Labels) -> Figures:
    return figures_of(evaluate(reader, labels))


def test_every_set_of_labels_here_has_committed_figures(now: Figures) -> None:
    assert set(now) <= set(COMMITTED), ANEW


@pytest.mark.parametrize("name", sorted(COMMITTED))
def test_no_figure_has_fallen_by_two_points(now: Figures, name: str) -> None:
    if name not in now:
        pytest.skip(f"the labels or texts of {name} are not here")
    assert list(drops({name: COMMITTED[name]}, now)) == []


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_still_be_switched_off(extractor: Extractor, part: str) -> None:
    with PARTS[part](extractor) as reduced:
        assert isinstance(reduced, Extractor)


@pytest.mark.parametrize(
    ("what", "name", "labelled"),
    [("sanctions", "dev", "sanctions_dev.jsonl"), ("entities", "names in entities_dev", "entities_dev.jsonl")],
)
def test_the_published_scorer_measures_the_same(
    reader: Reader, now: Figures, what: str, name: str, labelled: str
) -> None:
    scorer = published_scorer()
    if scorer is None:
        pytest.skip("the published scorer is not here")
    rows = [json.loads(line) for line in (SHARED / "eval" / labelled).read_text("utf-8").splitlines()]
    found = {row["id"]: json.loads(reader.read(row["id"], row["text"]).model_dump_json()) for row in rows}
    if what == "sanctions":
        figures = scorer.score_sanctions(rows, found, tariffs=True, errors=False)
    else:
        figures = scorer.score_entities(rows, found, errors=False)
    same = now[name].keys() & figures.keys()
    assert len(same) >= 4
    assert {figure: figures[figure] for figure in same} == {figure: now[name][figure] for figure in same}
