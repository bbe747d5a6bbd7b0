"""The articles that ship say what they were written to show: each status, and watched actors that meet."""

import json

import pytest

from schemas import EnrichedArticle, IdentifiedArticle
from services.extraction.pipeline import Extractor
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
