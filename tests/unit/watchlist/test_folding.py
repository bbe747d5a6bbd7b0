"""Folding compares without moving: one code point stays one code point."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.watchlist.folding import fold, fold_char


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
