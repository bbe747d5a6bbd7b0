"""What a corrected article no longer says is taken back, and nothing else."""

from datetime import UTC, datetime, timedelta

from schemas import EnrichedArticle, IdentifiedArticle, Reason, Retraction, Topic
from services.alerts.article_book import ArticleBook
from services.alerts.work import Work
from services.core.codec import encode
from services.core.dead_letters import Received
from services.core.headers import ARTICLE_TIME, format_time
from tests.unit.alerts.examples import cooccurrence
from tests.unit.alerts.timeline import at


def book() -> ArticleBook:
    made = ArticleBook(timedelta(days=7), lambda _key, _problem: None)
    made.restore(0, {})
    return made


def read(target: ArticleBook, hours: float, *pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the pairs that are taken back."""
    found = tuple(cooccurrence("a", pair) for pair in pairs)
    enriched = EnrichedArticle(article=IdentifiedArticle(id="a", text="t"), cooccurrences=found, extractor="t/1")
    headers = ((ARTICLE_TIME, format_time(at(hours)).encode()),)
    work: Work = target.work_on(Received("t", 0, 0, b"a", encode(enriched), headers), datetime.now(UTC))
    target.keep(target.states())
    assert all(output.topic is Topic.ACTORS_COOCCURRENCES for output in work.outputs)
    taken = [Retraction.model_validate_json(output.value or b"") for output in work.outputs]
    assert [output.key for output in work.outputs] == ["|".join(each.actor_ids).encode() for each in taken]
    assert all(each.arrived_at == at(hours) for each in taken)
    return [each.actor_ids for each in taken]


def test_pairs_that_are_gone_are_taken_back_once() -> None:
    target = book()
    assert read(target, 0, ("ann", "bob"), ("ann", "cid")) == []
    assert read(target, 0, ("ann", "bob"), ("ann", "cid")) == []
    assert read(target, 1, ("ann", "bob")) == [("ann", "cid")]
    assert read(target, 1, ("ann", "bob")) == []
    assert read(target, 0, ("ann", "bob"), ("ann", "cid")) == [], "an earlier revision, read once more"
    assert read(target, 2) == [("ann", "bob")]
    assert read(target, 1, ("ann", "bob")) == [], "as above, though nothing is left"
    assert read(target, 3, ("ann", "bob")) == []


def test_an_article_without_pairs_is_not_remembered_and_others_only_for_a_time() -> None:
    target = book()
    read(target, 0)
    assert target.size().states == 0
    read(target, 0, ("ann", "bob"))
    target.tick(0, at(24))
    target.keep(target.states())
    assert target.size().states == 1
    target.tick(0, at(24 * 8))
    target.keep(target.states())
    assert target.size().states == 0


def test_what_is_no_enriched_article_is_set_aside() -> None:
    work = book().work_on(Received("t", 0, 0, b"k", b"[]"), datetime.now(UTC))
    assert work.failed is Reason.INVALID_FIELD
    assert work.outputs[0].topic is Topic.ARTICLES_ENRICHED_DEAD_LETTER
