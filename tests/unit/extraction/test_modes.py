"""`--entities relevant` spares the model where there is nothing to lose, and changes nothing anywhere else."""

import pytest

from schemas import Actor, ActorType, IdentifiedArticle, LinkMethod
from services.extraction.language import LanguageModel
from services.extraction.pipeline import Extractor, load_extractor
from services.watchlist.file import read_watchlist
from tests.conftest import CHECKOUT

NOTHING = "Angela Merkel met Emmanuel Macron of France on Tuesday."


@pytest.fixture(scope="module")
def relevant() -> Extractor:
    return load_extractor(read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml"), only_relevant=True)


def article(text: str, **fields: str) -> IdentifiedArticle:
    return IdentifiedArticle(id="a-1", text=text, **fields)


@pytest.mark.parametrize(
    "about",
    [
        article(f"{NOTHING} Alexander Lukashenko did not come."),
        article(f"{NOTHING} They spoke of sanctions."),
        article(NOTHING, title="Huawei in Europe"),
        article("The EU imposed sanctions on Angela Merkel's neighbour.", title="Brussels acts"),
    ],
    ids=["a watched actor", "a trigger", "a watched actor in the title", "a mention"],
)
def test_a_relevant_article_is_read_as_ever(
    extractor: Extractor, relevant: Extractor, about: IdentifiedArticle
) -> None:
    found = relevant.extract(about)
    assert found == extractor.extract(about)
    assert any(entity.method is LinkMethod.MODEL for entity in found.entities)


def test_any_other_article_gets_the_names_that_are_known(extractor: Extractor, relevant: Extractor) -> None:
    found = relevant.extract(article(NOTHING))
    assert [entity.actor_id for entity in found.entities] == ["france"]
    assert not found.sanctions
    assert not found.cooccurrences
    assert len(extractor.extract(article(NOTHING)).entities) > 1


def test_the_models_do_not_run_for_any_other_article(relevant: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a model was asked")

    monkeypatch.setattr(LanguageModel, "recognise", fail)
    monkeypatch.setattr(LanguageModel, "parse", fail)
    relevant.extract(article(NOTHING, title="A meeting"))
    with pytest.raises(AssertionError, match="a model was asked"):
        relevant.extract(article(f"{NOTHING} Huawei was there."))


def test_another_watchlist_keeps_the_mode(relevant: Extractor) -> None:
    other = relevant.with_watchlist([Actor(id="macron", name="Emmanuel Macron", type=ActorType.PERSON)])
    assert {entity.text for entity in other.extract(article(NOTHING)).entities} >= {"Angela Merkel", "Emmanuel Macron"}
    assert "Angela Merkel" not in {e.text for e in other.extract(article("Angela Merkel spoke.")).entities}


def test_an_article_in_another_language_is_not_read_by_the_model(relevant: Extractor) -> None:
    found = relevant.extract(article("Huawei prüft Sanktionen gegen Angela Merkel.", lang="de"))
    assert [entity.actor_id for entity in found.entities] == ["huawei"]
