"""Phrases are found wherever their words stand in a row, whatever was added and taken out before."""

from collections.abc import Iterator
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from services.watchlist.phrases import Phrases

Item = TypeVar("Item")
WORDS = st.lists(st.sampled_from([b"a", b"b", b"c", b"the"]), min_size=1, max_size=4)
COUNTS = {b"the": 1000, b"a": 10}


def standard(word: bytes) -> bytes:
    return b"a" if word == b"A" else word


@given(
    st.lists(st.tuples(WORDS, st.integers(0, 2), st.booleans()), max_size=15),
    st.lists(st.sampled_from([b"a", b"A", b"b", b"c", b"the", b"x"]), max_size=12),
)
def test_what_is_found_is_what_stands_there(changes: list[tuple[list[bytes], int, bool]], text: list[bytes]) -> None:
    phrases: Phrases[int] = Phrases(COUNTS, standard)
    there: dict[tuple[bytes, ...], set[int]] = {}
    for words, item, stays in changes:
        phrases.discard(words, lambda each, item=item: each == item)  # type: ignore[misc]
        there.setdefault(tuple(words), set()).discard(item)
        if stays:
            phrases.add(words, item)
            there[tuple(words)].add(item)
    plain = [standard(word) for word in text]
    wanted = {
        (start, words, item)
        for words, items in there.items()
        for start in range(len(plain))
        if tuple(plain[start : start + len(words)]) == words
        for item in items
    }
    found = list(occurrences(phrases, text))
    assert set(found) == wanted
    assert len(found) == len(wanted)


CASED = st.sampled_from([b"a", b"A", b"An", b"an", "Жук".encode(), "жук".encode(), b"7"])
COMMON = st.sampled_from([{}, {b"an": 5, b"a": 3}])


@given(st.lists(st.lists(CASED, min_size=1, max_size=3), max_size=8), st.lists(CASED, max_size=10), COMMON)
def test_words_that_lack_no_capital_are_found_and_no_others_than_theirs(
    added: list[list[bytes]], text: list[bytes], counts: dict[bytes, int]
) -> None:
    phrases: Phrases[int] = Phrases(counts, fold)
    for item, words in enumerate(added):
        phrases.add(words, item)
    found = set(occurrences(phrases, text))
    for item, words in enumerate(added):
        for start in range(len(text) - len(words) + 1):
            there = text[start : start + len(words)]
            is_found = (start, tuple(map(fold, words)), item) in found
            if list(map(fold, there)) != list(map(fold, words)):
                assert not is_found
            elif all(seen[:1].isupper() or not own[:1].isupper() for seen, own in zip(there, words, strict=True)):
                assert is_found
    for item, words in enumerate(added):
        phrases.discard(words, lambda each, item=item: each == item)  # type: ignore[misc]
    assert not set(occurrences(phrases, text))


def test_a_word_without_its_capital_leads_nowhere() -> None:
    phrases: Phrases[str] = Phrases(COUNTS, fold)
    phrases.add([b"the", b"Doctor"], "x")
    assert list(occurrences(phrases, [b"The", b"Doctor"]))
    assert not list(occurrences(phrases, [b"the", b"doctor"]))


def fold(word: bytes) -> bytes:
    return word.decode().lower().encode()


def occurrences(phrases: Phrases[Item], text: list[bytes]) -> Iterator[tuple[int, tuple[bytes, ...], Item]]:
    for phrase, firsts in phrases.find(text).items():
        for start in firsts:
            for item in phrase.items:
                yield start, phrase.words, item
