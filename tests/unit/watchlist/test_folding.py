"""Folding compares without moving: one code point stays one code point."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.watchlist.folding import fold, fold_char, plain


@given(st.text())
def test_folding_keeps_the_length_and_changes_nothing_the_second_time(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_every_code_point_there_is_folds_to_one_that_folds_to_itself() -> None:
    wrong = [
        code
        for code in range(sys.maxunicode + 1)
        if len(folded := fold_char(chr(code))) != 1 or fold_char(folded) != folded
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "straße"),
        ("İstanbul", "istanbul"),
        ("Lukashenko\u2019s", "lukashenko's"),
        ("Xi\u00a0Jinping", "xi jinping"),
        ("Belarus\u2013China", "belarus-china"),
        ("Nicolás Łukasz Øst", "nicolas lukasz ost"),
        ("ЛУКАШЕНКО й", "лукашенко и"),
        ("\uff25\uff35", "eu"),
        ("习近平 김정은", "习近平 김정은"),
    ],
)
def test_what_readers_take_for_the_same_becomes_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Plain text", "plain text"),
        ("two  \t spaces", "two spaces"),
        ("a line\n  goes on", "a line goes on"),
        ("a blank\n\nline", "a blank\0line"),
        ("Luka\u00adshenko\u0301 \u200b I\u0307", "lukashenko i"),
    ],
)
def test_plain_text_is_what_readers_see(text: str, left: str) -> None:
    assert plain(text) == left


@given(st.text(alphabet=st.sampled_from("aÁ \t\u0301\u200b\u00ad\u00a0中\U0001f600x"), max_size=60))
def test_plain_text_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert "  " not in plain(text)


def test_a_mark_on_its_own_is_no_space() -> None:
    assert fold("\u00af\u00a8\u00b8") == "\u00af\u00a8\u00b8"
