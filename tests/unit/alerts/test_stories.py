"""Versions of one text are one story, the same words a year later are another; measured on real pairs."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas import ArticleRef, Story
from services.alerts.stories import find_story, is_same_story, meets, source_of
from services.extraction.fingerprint import fingerprint
from tests.unit.alerts.timeline import at

TEXT = " ".join(f"word{number}" for number in range(300))


def story(number: int, hours: float, source: str | None = None) -> Story:
    return Story(number=number, seen_at=at(hours), source=source)


def test_another_headline_and_byline_make_no_other_story() -> None:
    first = fingerprint(TEXT)
    copies = [fingerprint(f"By {name}, in {name}. {TEXT} Copyright {name}.") for name in ("A", "B", "C", "D")]
    assert all(is_same_story(first, at(0), copy, at(5)) for copy in copies)
    assert not is_same_story(first, at(0), first, at(24 * 365))
    assert not is_same_story(first, at(0), fingerprint(TEXT[:800]), at(0))


def test_without_a_fingerprint_every_article_is_a_story() -> None:
    assert not is_same_story(None, at(0), None, at(0))
    assert find_story([story(1, 0)], None, at(0)) is None


def test_the_source_of_an_article_is_its_source_or_its_host() -> None:
    assert source_of(ArticleRef(id="a", source="Wire", url="https://x.example/1")) == "Wire"
    assert source_of(ArticleRef(id="a", url="https://x.example/1")) == "x.example"
    assert source_of(ArticleRef(id="a", url="http://[broken")) is None
    assert source_of(ArticleRef(id="a")) is None


@pytest.mark.parametrize(
    ("stories", "window", "enough"),
    [
        ([story(1, 0, "A"), story(2, 10, "B")], 12, True),
        ([story(1, 0, "A"), story(2, 13, "B")], 12, False),
        ([story(1, 13, "A"), story(2, 0, "B"), story(3, 12, "B")], 12, True),
        ([story(1, 0, "A"), story(2, 1, "A")], 12, False),
        ([story(1, 0, "A"), story(2, 999, "B")], None, True),
        ([], None, False),
    ],
)
def test_stories_and_sources_count_within_a_window(stories: list[Story], window: int | None, *, enough: bool) -> None:
    span = None if window is None else timedelta(hours=window)
    assert meets(stories, min_stories=2, min_sources=2, window=span) is enough


def pairs(path: Path) -> list[list[str]]:
    _, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return [line.split("\t") for line in lines]


def corpus(path: Path) -> dict[str, tuple[str, datetime]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {row["id"]: (row["text"], _moment(row["published"])) for row in rows}


def _moment(published: str | None) -> datetime:
    return datetime.fromisoformat(published or "1987-01-01T00:00:00Z").astimezone(UTC)


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        ("natural_pairs_reuters_21578", "reuters_21578"),
        ("natural_pairs_wh_briefings_2021_2023", "wh_briefings_2021_2023"),
    ],
)
def test_copies_in_real_news_are_folded(shared_data: Path, names: str, texts: str) -> None:
    news = corpus(shared_data / "news" / f"{texts}.jsonl.gz")
    folded = alike = 0
    for one, other, measured, *_ in pairs(shared_data / "dedupe" / f"{names}.tsv.gz"):
        (text, published), (other_text, other_published) = news[one], news[other]
        if float(measured) >= 0.8 and abs(published - other_published) <= timedelta(days=7):
            alike += 1
            folded += is_same_story(fingerprint(text), published, fingerprint(other_text), other_published)
    assert alike > 50
    assert folded / alike >= 0.95


def test_notices_that_are_written_anew_every_year_stay_apart(shared_data: Path) -> None:
    news = corpus(shared_data / "news" / "wh_briefings_2021_2023.jsonl.gz")
    listed = pairs(shared_data / "dedupe" / "hard_negatives_annual_boilerplate.tsv.gz")
    assert len(listed) > 200
    for one, other, *_ in listed:
        (text, published), (other_text, other_published) = news[one], news[other]
        assert not is_same_story(fingerprint(text), published, fingerprint(other_text), other_published)
