"""How often a name of an official list is its bearer's where it is linked, by hits that were labelled by hand.

`watchlist_hits.jsonl` holds for each hit where it stands, the entries that have such a name (`candidates`), and those
of them that are meant there (`actors`; none where it is somebody or something else). They are one place for each of 450
different spellings, drawn by chance among all that OFAC's, the EU's and the UN's lists of May 2024 name in the news,
weak names included: 300 of them (`sample` 1) to work on, and 150 that were labelled and measured when that was done.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas import IdentifiedArticle
from services.extraction.pipeline import Extractor
from services.watchlist.formats.recognition import read_named_lists
from tests.conftest import CHECKOUT
from tests.eval.labels import SHARED

LISTS = (
    "ofac_sdn_2024-05/sdn.xml.gz",
    "eu_fsf_2024-05/20240513-FULL-1_1.xml.gz",
    "un_2024-05/un_consolidated.xml.gz",
)
LABELS = CHECKOUT / "tests" / "eval" / "watchlist_hits.jsonl"


@dataclass(frozen=True, slots=True)
class Hit:
    """A labelled place, and whom it is linked to."""

    label: dict[str, Any]  # Any: as it stands in the file
    linked: str | None

    @property
    def is_right(self) -> bool:
        """Whether it is linked to one who is meant."""
        return self.linked in self.label["actors"]


def with_lists(extractor: Extractor) -> Extractor:
    """Return the extractor with the official lists as its watchlist."""
    named = read_named_lists([SHARED / "data" / "watchlists" / path for path in LISTS])
    return extractor.with_watchlist([actor.model_copy(update={"loaded_as": name}) for name, actor in named])


def read_hits(extractor: Extractor) -> Iterator[Hit]:
    """Yield every labelled hit with what the extractor makes of it."""
    labels = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    for corpus in sorted({label["corpus"] for label in labels}):
        wanted = [label for label in labels if label["corpus"] == corpus]
        ids = {label["article"] for label in wanted}
        with gzip.open(SHARED / "data" / "news" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
            articles = {article["id"]: article for article in map(json.loads, lines) if article["id"] in ids}
        for identity, article in articles.items():
            entities = extractor.extract(
                IdentifiedArticle(id=identity, text=article["text"], title=article.get("title"), lang="en")
            ).entities
            for label in wanted:
                if label["article"] == identity:
                    place = (label["start"], label["end"])
                    linked = {
                        e.actor_id for e in entities if e.field == "text" and e.start < place[1] and place[0] < e.end
                    }
                    meant = linked & set(label["actors"]) or linked & set(label["candidates"])
                    yield Hit(label, min(filter(None, meant), default=None))


def precision_and_recall(hits: list[Hit]) -> tuple[float, float]:
    """Return the share of links that are right, and the share of those meant that are linked."""
    linked = [hit for hit in hits if hit.linked]
    meant = [hit for hit in hits if hit.label["actors"]]
    return sum(hit.is_right for hit in linked) / len(linked), sum(hit.is_right for hit in meant) / len(meant)
