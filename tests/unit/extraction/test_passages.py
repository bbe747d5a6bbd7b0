"""Fields are divided into paragraphs and sentences that cover everything but white space."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import TextField
from services.extraction.passages import MAX_SENTENCE, paragraphs, read_passage


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in read_passage(TextField.TEXT, text).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He met Mr. Xi. They spoke.", ["He met Mr. Xi.", "They spoke."]),
        ("The U.S. Treasury acted. It did.", ["The U.S. Treasury acted.", "It did."]),
        ("He is in the U.S. The visit ended.", ["He is in the U.S.", "The visit ended."]),
        ("“We will not.” He left.", ["“We will not.”", "He left."]),
        ("It cost 3.5 percent. J. Smith said so!", ["It cost 3.5 percent.", "J. Smith said so!"]),
        ("他说了。他走了。", ["他说了。", "他走了。"]),
        ("Headline without stop\nThe text begins.", ["Headline without stop", "The text begins."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_line_breaks_that_only_wrap_do_not_part_paragraphs() -> None:
    wire = "The committee said on\nTuesday that it would\nmeet again.\n    A new paragraph\nstarts indented."
    assert [wire[s : s + 5] for s, _ in paragraphs(wire)] == ["The c", "A new"]


def test_line_breaks_part_paragraphs_of_text_that_is_not_wrapped() -> None:
    text = "One paragraph stands here and ends.\nAnother stands here.\n\nA third."
    assert [text[s:e] for s, e in paragraphs(text)] == text.replace("\n\n", "\n").split("\n")


@given(st.text(max_size=400))
def test_sentences_are_in_order_and_leave_out_only_white_space(text: str) -> None:
    passage = read_passage(TextField.TEXT, text)
    assert len(passage.clean) == len(text)
    reached = 0
    for sentence in passage.sentences:
        assert text[reached : sentence.start].strip() == ""
        assert sentence.start < sentence.end
        reached = sentence.end
    assert text[reached:].strip() == ""


@pytest.mark.parametrize("unit", ["a", "a ", "、", ", "])
def test_no_sentence_is_longer_than_the_bound(unit: str) -> None:
    passage = read_passage(TextField.TEXT, unit * 10_000)
    assert len(passage.sentences) > 1
    assert max(s.end - s.start for s in passage.sentences) <= MAX_SENTENCE
