"""Phrases are found wherever their words stand in a row, whatever was added and taken out before."""

from hypothesis import given
from hypothesis import strategies as st

from services.watchlist.phrases import Phrases

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
    found = [(start, phrase.words, item) for start, phrase in phrases.find(text) for item in phrase.items]
    assert set(found) == wanted
    assert len(found) == len(wanted)
