"""The extractor is loaded once: its model takes seconds. Articles are made from nothing but what a test is about."""

from collections.abc import Callable

import pytest

from schemas import EnrichedArticle, IdentifiedArticle
from services.extraction.pipeline import Extractor, load_extractor
from services.watchlist.file import read_watchlist
from tests.conftest import CHECKOUT

Read = Callable[..., EnrichedArticle]


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    return load_extractor(read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml"))


@pytest.fixture(scope="session")
def read(extractor: Extractor) -> Read:
    """Extract from a text, with a title and a language if given."""

    def extract(text: str, *, title: str | None = None, lang: str | None = None) -> EnrichedArticle:
        return extractor.extract(IdentifiedArticle(id="a-1", text=text, title=title, lang=lang))

    return extract
