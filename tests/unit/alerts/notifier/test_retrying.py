from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.notifier.retrying import Backoff, Patience, next_pause, parse_retry_after

BACKOFF = Backoff(first_s=1.0, max_s=300.0, retry_after_max_s=3600.0)
PATIENCE = Patience(max_attempts=10, max_elapsed_s=3600.0)
NOW = datetime(2023, 2, 28, 9, 0, tzinfo=UTC)


def pause(attempt: int = 1, *, elapsed_s: float = 0, retry_after_s: float | None = None, chance: float = 1) -> object:
    return next_pause(
        BACKOFF, PATIENCE, attempt=attempt, elapsed_s=elapsed_s, retry_after_s=retry_after_s, chance=chance
    )


def test_pauses_double_up_to_a_bound() -> None:
    assert [pause(attempt) for attempt in range(1, 10)] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    many = Patience(10_000, 1e9)
    assert next_pause(BACKOFF, many, attempt=9_999, elapsed_s=0, retry_after_s=None, chance=1) == 300


def test_it_gives_up_after_the_last_attempt_and_when_time_is_up() -> None:
    assert pause(10) is None
    assert pause(1, elapsed_s=3599.5) is None
    assert pause(1, elapsed_s=3599) == 1


def test_what_the_receiver_asks_for_is_honoured_within_bounds() -> None:
    assert pause(1, retry_after_s=30) == 30
    assert pause(7, retry_after_s=30) == 64
    patient = Patience(10, 1e9)
    assert next_pause(BACKOFF, patient, attempt=1, elapsed_s=0, retry_after_s=1e8, chance=0) == 3600
    assert pause(1, retry_after_s=1e8, elapsed_s=1) is None


@given(st.integers(1, 9), st.floats(0, 1), st.none() | st.floats(0, 1e9), st.floats(0, 4000))
def test_a_pause_is_never_shorter_than_asked_nor_longer_than_time_is_left(
    attempt: int, chance: float, retry_after_s: float | None, elapsed_s: float
) -> None:
    found = pause(attempt, chance=chance, retry_after_s=retry_after_s, elapsed_s=elapsed_s)
    if found is not None:
        assert isinstance(found, float | int)
        assert found > 0
        assert found >= min(retry_after_s or 0, BACKOFF.retry_after_max_s)
        assert elapsed_s + found <= PATIENCE.max_elapsed_s


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        ("Tue, 28 Feb 2023 08:00:00 GMT", 0.0),
        ("Tue, 28 Feb 2023 10:00:00 -0000", 3600.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds
