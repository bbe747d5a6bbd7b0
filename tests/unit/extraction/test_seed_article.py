"""The seed article, fact by fact, against labels made by hand."""

import json
from typing import Any

import pytest

from schemas import EnrichedArticle, LinkMethod, SanctionsMention, Scope
from tests.conftest import CHECKOUT
from tests.unit.extraction.conftest import Read

GOLD: dict[str, Any] = json.loads((CHECKOUT / "tests/unit/extraction/gold/seed_article.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def enriched(read: Read) -> EnrichedArticle:
    return read((CHECKOUT / GOLD["article"]).read_bytes().decode())


def mention_at(enriched: EnrichedArticle, start: int, end: int) -> SanctionsMention:
    found = [m for m in enriched.sanctions if (m.trigger.start, m.trigger.end) == (start, end)]
    assert len(found) == 1, [m.trigger for m in enriched.sanctions]
    return found[0]


@pytest.mark.parametrize("fact", GOLD["sanctions"], ids=lambda fact: "{}-{}".format(*fact["trigger"]))
def test_each_explicit_mention_is_found_with_all_it_says(enriched: EnrichedArticle, fact: dict[str, Any]) -> None:
    start, end, words = fact["trigger"]
    mention = mention_at(enriched, start, end)
    assert mention.trigger.text == words
    assert (mention.measure, mention.status, mention.negated) == (fact["measure"], fact["status"], False)
    assert [[p.start, p.end, p.actor_id] for p in mention.senders] == fact["senders"]
    first = mention.targets[0]
    assert [first.start, first.end, first.actor_id] == fact["target"]
    assert [[p.start, p.end, p.actor_id] for p in mention.parties] == fact["parties"]
    assert (mention.reason and mention.reason.text) == fact["reason"]
    assert [mention.evidence.start, mention.evidence.end] == fact["evidence"]


def test_nothing_else_is_taken_for_a_sanction(enriched: EnrichedArticle) -> None:
    assert len(enriched.sanctions) == len(GOLD["sanctions"])


def test_a_joined_second_target_without_a_name_is_kept_as_described(enriched: EnrichedArticle) -> None:
    condemned = next(m for m in enriched.sanctions if m.status == "opposed")
    assert [(p.text, p.actor_id) for p in condemned.targets] == [("Russia", "russia"), ("entities", None)]


def test_every_entity_is_found_labelled_and_linked(enriched: EnrichedArticle) -> None:
    found = [[e.start, e.end, e.text, e.label.value, e.actor_id] for e in enriched.entities]
    assert [entry for entry in GOLD["entities"] if entry not in found] == []
    assert [entry for entry in found if entry not in GOLD["entities"]] == []


def test_bare_surnames_are_linked_as_such(enriched: EnrichedArticle) -> None:
    bare = [e for e in enriched.entities if e.text == "Lukashenko"]
    assert len(bare) == sum(entry[2] == "Lukashenko" for entry in GOLD["entities"]) == 9
    assert {(e.actor_id, e.method) for e in bare} == {("alexander-lukashenko", LinkMethod.SURNAME)}


def test_watched_actors_meet_where_they_stand_closest(enriched: EnrichedArticle) -> None:
    met = {tuple(a.actor_id for a in c.actors): c for c in enriched.cooccurrences}
    pair = met["alexander-lukashenko", "vladimir-putin"]
    assert pair.scope is Scope.SENTENCE
    assert [a.text for a in pair.actors] == ["Lukashenko", "Vladimir Putin"]
    assert pair.evidence[0].text.startswith("This visit highlights")
    assert len(met) == 10
    assert enriched.cooccurrences_left_out == 0
    assert [c.scope.width for c in enriched.cooccurrences] == sorted(c.scope.width for c in enriched.cooccurrences)


def test_the_same_article_again_says_the_same(read: Read, enriched: EnrichedArticle) -> None:
    assert read(enriched.article.text).model_dump_json() == enriched.model_dump_json()
