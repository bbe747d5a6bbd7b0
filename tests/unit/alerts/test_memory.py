"""How much is remembered is known at any time, without looking at all of it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas import ArticleState, Topic
from services.alerts.memory import Change, Memory, Size, Stored

BOB = "b" * 3000
LONG = ArticleState(arrived_at=datetime(2024, 1, 1, tzinfo=UTC), pairs=(("ann", BOB),))


def memory() -> Memory[ArticleState]:
    return Memory(Topic.ALERTS_ARTICLES, ArticleState.model_validate_json, lambda *_: None)


def put(into: Memory[ArticleState], partition: int, key: str, state: ArticleState | None) -> int:
    """Change a state for good, and return how many bytes were written."""
    into.change(partition, key, Change(state, None, ""))
    written = into.outputs()
    into.keep(written)
    return len(written[0].value or b"")


def test_nothing_has_no_size() -> None:
    assert memory().size() == Size(0, 0, 0)


def test_the_largest_state_counts_as_long_as_it_is_there() -> None:
    filled = memory()
    filled.restore(0, {"small": Stored(b"s" * 10)})
    assert filled.size() == Size(1, 10, 1024)
    length = put(filled, 0, "large", LONG)
    assert filled.size() == Size(2, 10 + length, 3072)
    filled.change(0, "large", Change(None, None, ""))
    assert filled.size().states == 2, "what may still be taken back does not count"
    filled.take_back()
    put(filled, 0, "large", None)
    assert filled.size() == Size(1, 10, 1024)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from(["a", "b", "c"]),
            st.one_of(st.none(), st.integers(0, 5000)),
        )
    )
)
def test_the_size_is_that_of_what_is_there(steps: list[tuple[int, str, int | None]]) -> None:
    filled, there = memory(), dict[tuple[int, str], int]()
    for partition in (0, 1):
        filled.restore(partition, {})
    for partition, key, length in steps:
        state = None if length is None else LONG.model_copy(update={"pairs": (("a", "b" * length),)})
        written = put(filled, partition, key, state)
        there.pop((partition, key), None)
        if state is not None:
            there[partition, key] = written
    largest = max(there.values(), default=0)
    assert filled.size() == Size(len(there), sum(there.values()), -(-largest // 1024) * 1024)
    filled.forget(0)
    assert filled.size().states == sum(place[0] == 1 for place in there)
