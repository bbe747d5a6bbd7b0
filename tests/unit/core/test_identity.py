"""The same thing said again has the same id."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.identity import alert_id, alert_key, article_id, canonical_url, cooccurrence_id, pair_key


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/a/b?x=1&y=2",
        "https://NEWS.example:443/a/b/?y=2&x=1",
        "https://news.example/a/b?x=1&y=2#comments",
        "https://news.example/a/b?x=1&utm_source=feed&y=2&fbclid=abc",
        "  https://news.example/a/b?x=1&y=2\n",
    ],
)
def test_addresses_of_one_page_give_one_id(other: str) -> None:
    assert article_id(url=other, text="a") == article_id(url="https://news.example/a/b?x=1&y=2", text="b")


@pytest.mark.parametrize(
    "other", ["https://news.example/a/c", "https://news.example/a/b?x=2", "https://other.example/a/b"]
)
def test_addresses_of_two_pages_give_two_ids(other: str) -> None:
    assert article_id(url=other, text="a") != article_id(url="https://news.example/a/b", text="a")


@pytest.mark.parametrize("address", ["", "no address", "mailto:a@b.example", "http://[", "https://", "http://a:b/"])
def test_what_is_no_web_address_leaves_identity_to_the_text(address: str) -> None:
    assert canonical_url(address) is None
    assert article_id(url=address, text="a") == article_id(url=None, text="a")


def test_white_space_and_composition_do_not_change_a_texts_id() -> None:
    assert article_id(url=None, text="Cafe\u0301\r\n news ") == article_id(url=None, text="Caf\u00e9 news")
    assert article_id(url=None, text="Cafe news") != article_id(url=None, text="Caf\u00e9 news")


def test_the_order_of_a_pair_does_not_matter() -> None:
    assert pair_key(["putin", "lukashenko"]) == "lukashenko|putin"
    assert alert_key("r", ["putin", "lukashenko"]) == "r|lukashenko|putin"
    assert cooccurrence_id("a", ["x", "y"]) == cooccurrence_id("a", ["y", "x"])
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    assert alert_id("r", ["x", "y"], "a", seen) == alert_id("r", ["y", "x"], "a", seen)
    assert alert_id("r", ["x", "y"], "a", seen) != alert_id("r", ["x", "y"], "b", seen)


@given(st.text())
def test_any_address_is_judged_without_failing(address: str) -> None:
    canonical = canonical_url(address)
    assert canonical is None or canonical_url(canonical) == canonical
