"""Text is split into the words that a reader sees, and each is found again where it stands."""

import re

from hypothesis import given
from hypothesis import strategies as st

from services.watchlist.words import Words, plain_word, split_words

ALPHABET = "aB1_ É\u0301\u200b\u00ad-.’\u02bc\n中国한ไทย・😀жЖ\u00a0"


def listed(text: str) -> list[str]:
    return [plain_word(word).decode() for word in Words(text).listed]


def test_words_are_runs_of_letters_and_digits_and_letters_by_themselves_where_there_are_no_spaces() -> None:
    assert listed("Kim Jong-un’s “U.S.” visit_1") == ["kim", "jong", "un", "s", "u", "s", "visit_1"]
    assert listed("Nicolás, Ко\u0301тов; OʼBrien") == ["nicolas", "котов", "o", "brien"]
    assert listed("访问China・김정은 3月") == ["访", "问", "china", "김", "정", "은", "3", "月"]
    assert listed("") == []


def test_the_letter_behind_a_hyphen_counts_as_a_capital_and_no_other_does() -> None:
    assert Words("Kim Jong-un co-operates \N{EN DASH}un").listed == [b"Kim", b"Jong", b"Un", b"co", b"Operates", b"Un"]


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_words_without_their_places_are_the_same(text: str) -> None:
    assert split_words(text) == Words(text).listed


@given(st.text(alphabet=ALPHABET, max_size=60), st.randoms(use_true_random=False))
def test_each_word_stands_where_it_is_said_to_in_whatever_order_that_is_asked(text: str, random: object) -> None:
    words = Words(text)
    numbers = list(range(len(words.listed)))
    random.shuffle(numbers)  # type: ignore[attr-defined]
    spans = {number: words.spans(number, 1)[0] for number in numbers}
    assert words.spans(0, len(numbers)) == tuple(spans[number] for number in sorted(numbers))
    reached = 0
    for number in sorted(spans):
        start, end = spans[number]
        assert reached <= start < end <= len(text)
        assert text[start:end].lower() == words.listed[number].decode().lower()
        reached = end
    between = re.sub(r"\w", "", text)
    assert len(between) == len(text) - sum(char.isalnum() or char == "_" for char in text)
