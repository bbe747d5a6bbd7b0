"""Folding compares without moving: one code point stays one code point."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.watchlist.folding import fold, fold_char, squeeze


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


@given(
    st.text(alphabet=st.sampled_from("aÁ \n\t\u0301\u200b\u00ad\u00a0\u2029中\U0001f600x"), max_size=60)
    | st.text(max_size=60)
)
def test_what_is_squeezed_out_can_be_found_again(text: str) -> None:
    squeezed = squeeze(text)
    assert squeezed.folded == fold(squeezed.text)
    assert "  " not in squeezed.folded
    positions = [squeezed.position(index) for index in range(len(squeezed.text))]
    assert positions == sorted(set(positions))
    for index, position in enumerate(positions):
        kept = squeezed.text[index]
        assert kept == text[position] or (kept in " \0" and text[position].isspace())


def test_a_mark_on_its_own_is_no_space() -> None:
    assert fold("\u00af\u00a8\u00b8") == "\u00af\u00a8\u00b8"


def test_nothing_is_left_out_of_plain_text() -> None:
    assert squeeze("Plain text, as it comes.").cuts == ()
