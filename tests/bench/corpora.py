"""The texts that are raced over: those in the project, and real news beside the checkout where it is there."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from schemas import IdentifiedArticle
from tests.conftest import CHECKOUT

WORST = "White House paragraphs on sanctions"
_NEWS = CHECKOUT.parent / "shared" / "data" / "news"
_PARAGRAPHS = CHECKOUT / "tests" / "eval" / "white_house.jsonl"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles of one kind."""

    name: str
    articles: tuple[IdentifiedArticle, ...]

    @property
    def characters(self) -> int:
        """How much there is to read."""
        return sum(len(article.text) + len(article.title or "") for article in self.articles)


def reuters(count: int, *, step: int = 9) -> Corpus | None:
    """Return newswire articles of 1987, about a kilobyte each; None where they are not."""
    return _news("Reuters-21578", "reuters_21578.jsonl.gz", count, step=step)


def white_house(count: int) -> Corpus | None:
    """Return whole statements and briefings, about ten kilobytes each; None where they are not."""
    return _news("White House texts", "wh_briefings_2021_2023.jsonl.gz", count, step=97)


def paragraphs() -> Corpus:
    """Return the project's labelled paragraphs, nearly each of which holds a word that could name a sanction."""
    rows = map(json.loads, _PARAGRAPHS.read_text("utf-8").splitlines())
    articles = tuple(IdentifiedArticle(id=row["id"], text=row["text"]) for row in rows)
    return Corpus(WORST, articles)


def _news(name: str, file: str, count: int, *, step: int) -> Corpus | None:
    path = _NEWS / file
    return Corpus(name, tuple(islice(_read(path, step), count))) if path.is_file() else None


def _read(path: Path, step: int) -> Iterator[IdentifiedArticle]:
    """Every `step`th article, so that all years and kinds are met."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, step):
            row = json.loads(line)
            if row["text"].strip():
                yield IdentifiedArticle(id=row["id"], title=row["title"] or None, text=row["text"])
