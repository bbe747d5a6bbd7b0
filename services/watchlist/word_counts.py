"""How common words are in the news, so that rare ones can be told from common ones."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple


class WordCount(NamedTuple):
    """How often a word stands in the corpus, and how often of that in lower case."""

    total: int
    lower: int


@cache
def word_counts() -> Mapping[bytes, WordCount]:
    """Return the counts by folded word, as UTF-8; words that stand there fewer than four times are left out."""
    lines = (resources.files("services.watchlist") / "data" / "word_counts.txt").read_bytes().splitlines()
    rows = (line.split() for line in lines if not line.startswith(b"#"))
    return {word: WordCount(int(total), int(lower)) for word, total, lower in rows}


@cache
def name_parts() -> frozenset[str]:
    """Return the words, folded, that stand in the names of so many people that they tell few of them apart."""
    lines = (resources.files("services.watchlist") / "data" / "name_parts.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def word_totals() -> Mapping[bytes, int]:
    """Return how often each word stands in the corpus."""
    return {word: count.total for word, count in word_counts().items()}
