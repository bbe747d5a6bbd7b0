"""Whoever else stands with a pair is said with how close all of them stand."""

from schemas import Actor, ActorType, CoOccurrence, IdentifiedArticle, Scope
from services.extraction.pipeline import Extractor


def found(extractor: Extractor, text: str, count: int = 5) -> dict[tuple[str, str], CoOccurrence]:
    actors = [Actor(id=f"p{n}", name=f"Firm{n:04}", type=ActorType.COMPANY, lists=("l",)) for n in range(count)]
    read = extractor.with_watchlist(actors).extract(IdentifiedArticle(id="a", text=text, lang="xx"))
    return {(c.actors[0].actor_id, c.actors[1].actor_id): c for c in read.cooccurrences}


def test_others_stand_in_the_sentence_the_paragraph_or_the_article(extractor: Extractor) -> None:
    text = "Firm0000 met Firm0001 and Firm0002. Firm0003 did not.\n\nFirm0004 was elsewhere."
    pair = found(extractor, text)["p0", "p1"]
    assert [(other.actor_id, other.scope) for other in pair.others] == [
        ("p2", Scope.SENTENCE),
        ("p3", Scope.PARAGRAPH),
        ("p4", Scope.ARTICLE),
    ]
    assert all(text[other.start : other.end] == other.text for other in pair.others)
    assert pair.others[0].lists == pair.actors[0].lists == ("l",)
    assert pair.watchlist_version


def test_three_in_one_sentence_are_seen_though_the_pair_stands_closer_elsewhere(extractor: Extractor) -> None:
    text = "Firm0000, Firm0001.\n\nFirm0000 said on Monday that Firm0001 would join Firm0002 and Firm0003."
    pair = found(extractor, text)["p0", "p1"]
    assert pair.evidence[0].text == "Firm0000, Firm0001."
    assert [(other.actor_id, other.scope) for other in pair.others] == [("p2", Scope.SENTENCE), ("p3", Scope.SENTENCE)]
    assert {other.place for other in pair.others} == {text.index("Firm0000 said")}


def test_others_are_bounded(extractor: Extractor) -> None:
    text = ", ".join(f"Firm{n:04}" for n in range(30)) + "."
    assert len(found(extractor, text, 30)["p0", "p1"].others) == 16
