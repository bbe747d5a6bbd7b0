"""Watched actors are brought together once per pair, where they stand closest, within the bound."""

import time

import pytest

from schemas import Actor, ActorType, ArticleRef, CoOccurrence, EnrichedArticle, IdentifiedArticle, Scope, TextField
from services.extraction.cooccurrences import MAX_COOCCURRENCES, find_cooccurrences
from services.extraction.passages import read_passage
from services.extraction.pipeline import Extractor
from tests.unit.extraction.conftest import Read


def pairs(article: EnrichedArticle) -> dict[tuple[str, ...], CoOccurrence]:
    return {tuple(a.actor_id for a in c.actors): c for c in article.cooccurrences}


@pytest.mark.parametrize(
    ("text", "scope", "distance", "evidence"),
    [
        ("Igor Sechin met Alexei Miller.", Scope.SENTENCE, 5, 1),
        ("Igor Sechin spoke. Alexei Miller did not.", Scope.PARAGRAPH, 8, 2),
        ("Igor Sechin spoke.\n\nAlexei Miller did not.", Scope.ARTICLE, 9, 2),
        ("Igor Sechin spoke.\n\nAlexei Miller did not. But Igor Sechin met Alexei Miller.", Scope.SENTENCE, 5, 1),
    ],
)
def test_a_pair_stands_at_its_closest_place(read: Read, text: str, scope: Scope, distance: int, evidence: int) -> None:
    (found,) = read(text).cooccurrences
    assert (found.scope, found.distance, len(found.evidence)) == (scope, distance, evidence)
    assert [a.actor_id for a in found.actors] == ["alexei-miller", "igor-sechin"]


def test_across_title_and_text_there_is_no_distance(read: Read) -> None:
    (found,) = read("Alexei Miller spoke.", title="Igor Sechin in Minsk").cooccurrences
    assert (found.scope, found.distance) == (Scope.ARTICLE, None)
    assert [e.field for e in found.evidence] == ["title", "text"]


def test_actors_that_are_only_known_do_not_count(read: Read) -> None:
    assert read("Igor Sechin travelled from Russia to China for the EU summit.").cooccurrences == ()


def test_the_sanctions_of_the_evidence_come_with_it(read: Read) -> None:
    article = read("The EU imposed sanctions on Igor Sechin and Alexei Miller. Iran faces U.S. sanctions.")
    (found,) = article.cooccurrences
    assert [m.id for m in found.sanctions] == [article.sanctions[0].id]
    assert len(article.sanctions) == 2


def many(extractor: Extractor, actors: int) -> Extractor:
    return extractor.with_watchlist(
        [Actor(id=f"p{i:04}", name=f"Firm{i:04}", type=ActorType.COMPANY) for i in range(actors)]
    )


def test_beyond_the_bound_the_nearest_are_kept_and_the_rest_is_counted(extractor: Extractor) -> None:
    text = "\n\n".join(f"Firm{i:04} and Firm{i + 1:04} met." for i in range(0, 60, 2))
    article = many(extractor, 60).extract(IdentifiedArticle(id="a", text=text, lang="xx"))
    assert len(article.cooccurrences) == 200
    assert article.cooccurrences_left_out == 60 * 59 // 2 - 200
    assert [c.scope for c in article.cooccurrences[:30]] == [Scope.SENTENCE] * 30
    distances = [c.distance or 0 for c in article.cooccurrences if c.scope is Scope.ARTICLE]
    assert distances == sorted(distances)


def test_sixty_actors_a_paragraph_each_make_no_more_than_the_nearest_pairs(extractor: Extractor) -> None:
    text = "\n\n".join(f"Firm{i:04} reported." for i in range(60))
    article = many(extractor, 60).extract(IdentifiedArticle(id="a", text=text, lang="xx"))
    assert len(article.cooccurrences) == MAX_COOCCURRENCES == 200
    assert article.cooccurrences_left_out == 60 * 59 // 2 - 200
    assert {c.scope for c in article.cooccurrences} == {Scope.ARTICLE}
    apart = [int(second[1:]) - int(first[1:]) for first, second in pairs(article)]
    assert apart == sorted(apart), "nearest first"
    assert [apart.count(gap) for gap in (1, 2, 3)] == [59, 58, 57], "no nearer pair is left out"


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_bound_can_be_set(extractor: Extractor, limit: int) -> None:
    actors = {f"p{i:04}": Actor(id=f"p{i:04}", name=f"Firm{i:04}", type=ActorType.COMPANY) for i in range(3)}
    text = "Firm0000 met Firm0001. Firm0002 did not."
    found = many(extractor, 3).extract(IdentifiedArticle(id="a", text=text, lang="xx"))
    kept, left_out = find_cooccurrences(
        ArticleRef(id="a"),
        [read_passage(TextField.TEXT, text)],
        found.entities,
        (),
        actors,
        extractor="sightline/test",
        watchlist_version="w",
        limit=limit,
    )
    assert [c.actors for c in kept] == [c.actors for c in found.cooccurrences[:limit]]
    assert left_out == 3 - limit


def test_work_does_not_grow_with_the_square_of_the_mentions(extractor: Extractor) -> None:
    small, large = (" ".join(f"Firm{i % 40:04} met." for i in range(n)) for n in (2_000, 20_000))
    reader = many(extractor, 40)
    spent = []
    for text in (small, large):
        started = time.process_time()
        reader.extract(IdentifiedArticle(id="a", text=text, lang="xx"))
        spent.append(time.process_time() - started)
    assert spent[1] < spent[0] * 40
