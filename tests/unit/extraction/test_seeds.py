"""The articles that ship say what they were written to show: each status, and watched actors that meet."""

import json
from io import BytesIO

import pytest

from schemas import EnrichedArticle, IdentifiedArticle, Scope
from services.extraction.pipeline import Extractor
from services.ingest.files import read_paths
from services.local.guide import EXAMPLES
from tests.conftest import CHECKOUT

Fact = tuple[str, str, str | None, str | None]


def seed(extractor: Extractor, name: str) -> EnrichedArticle:
    content = json.loads((CHECKOUT / "seeds" / "articles" / f"{name}.json").read_text("utf-8"))
    return extractor.extract(IdentifiedArticle(id=name, **content))


@pytest.mark.parametrize(
    ("name", "facts", "pair"),
    [
        (
            "010_eu_belarus_potash",
            [
                ("sanctions", "imposed", "european-union", "belaruskali"),
                ("sanctions", "imposed", "european-union", "alexander-lukashenko"),
                ("designation", "imposed", None, "belavia"),
            ],
            ("alexander-lukashenko", "belaruskali"),
        ),
        (
            "020_us_wagner_designation",
            [
                ("sanctions", "imposed", "united-states", "wagner-group"),
                ("sanctions", "imposed", "us-treasury", "spacety"),
                ("sanctions", "imposed", "united-states", "yevgeny-prigozhin"),
            ],
            ("spacety", "wagner-group"),
        ),
        (
            "030_nord_stream_waiver",
            [
                ("sanctions", "lifted", "united-states", "nord-stream-2"),
                ("sanctions", "imposed", "united-states", "nord-stream-2"),
            ],
            ("nord-stream-2", "vladimir-putin"),
        ),
        (
            "040_huawei_iran_case",
            [
                ("sanctions", "evaded", "united-states", "iran"),
                ("designation", "imposed", "us-commerce-department", "huawei"),
            ],
            ("huawei", "meng-wanzhou"),
        ),
        (
            "050_eleventh_package_proposed",
            [
                ("sanctions", "proposed", "european-commission", "russia"),
                ("export_control", "proposed", "european-union", None),
                ("sanctions", "maintained", "european-union", "rosneft"),
            ],
            ("rosneft", "sberbank"),
        ),
    ],
)
def test_a_seed_says_what_it_was_written_for(
    extractor: Extractor, name: str, facts: list[Fact], pair: tuple[str, str]
) -> None:
    article = seed(extractor, name)
    found = {
        (
            m.measure.value,
            m.status.value,
            m.senders[0].actor_id if m.senders else None,
            m.targets[0].actor_id if m.targets else None,
        )
        for m in article.sanctions
    }
    assert [fact for fact in facts if fact not in found] == []
    assert pair in {tuple(a.actor_id for a in c.actors) for c in article.cooccurrences}


def test_the_articles_to_try_out_bring_watched_actors_together_whom_the_seeds_do_not(extractor: Extractor) -> None:
    paths = [str(CHECKOUT / "seeds" / "articles")]
    seeds = read_paths(paths, standard_input=BytesIO(), max_text_bytes=1_000_000)
    known = {pair for item in seeds if isinstance(item, IdentifiedArticle) for pair in near(extractor.extract(item))}
    assert known
    for number, text in enumerate(EXAMPLES):
        (pair,) = near(extractor.extract(IdentifiedArticle(id=str(number), text=text)))
        assert pair not in known
        known.add(pair)


def near(enriched: EnrichedArticle) -> set[frozenset[str]]:
    found = enriched.cooccurrences
    return {frozenset(each.actor_id for each in pair.actors) for pair in found if pair.scope is Scope.SENTENCE}
