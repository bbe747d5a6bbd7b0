"""When a feed is read next follows from what came of the last reading, and from nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.settings import FeedSettings
from services.ingest.feeds.fetch import retry_after_s
from services.ingest.feeds.schedule import FeedState, Outcome, Reading, advance

URL = "https://news.example/feed"
FEEDS = FeedSettings(interval_s=300, max_backoff_s=3600)
FAILED = Reading(Outcome.FAILED, URL, problem="HTTP 500")
READ = Reading(Outcome.READ, URL, etag='"1"', last_modified="Tue, 28 Feb 2023 09:00:00 GMT")
chances = st.floats(0, 1)


def test_after_success_it_is_read_again_about_an_interval_later() -> None:
    state = advance(FeedState(URL, failures=3), READ, FEEDS, now=1000.0, jitter=0.5)
    assert state == FeedState(URL, due_at=1300.0, etag='"1"', last_modified="Tue, 28 Feb 2023 09:00:00 GMT")


def test_not_modified_keeps_what_the_next_question_needs() -> None:
    known = FeedState(URL, etag='"1"', last_modified="x", failures=2)
    state = advance(known, Reading(Outcome.NOT_MODIFIED, URL), FEEDS, now=0.0, jitter=0.5)
    assert (state.etag, state.last_modified, state.failures, state.due_at) == ('"1"', "x", 0, 300.0)


def test_failures_double_the_pause_up_to_the_longest() -> None:
    state, pauses = FeedState(URL), []
    for _ in range(10):
        state = advance(state, FAILED, FEEDS, now=0.0, jitter=1.0)
        pauses.append(state.due_at)
    assert pauses[:4] == [30.0, 60.0, 120.0, 240.0]
    assert pauses[-1] == 3600.0


@given(chances, st.integers(0, 2000), st.floats(0, 1e9))
def test_chance_never_makes_it_earlier_than_half_or_later_than_all(jitter: float, failures: int, now: float) -> None:
    calm = advance(FeedState(URL, failures=failures), FAILED, FEEDS, now=0.0, jitter=1.0).due_at or 0.0
    due = advance(FeedState(URL, failures=failures), FAILED, FEEDS, now=now, jitter=jitter).due_at or 0.0
    assert calm / 2 - 1e-3 <= due - now <= calm + 1e-3


@pytest.mark.parametrize("reading", [FAILED, READ, Reading(Outcome.NOT_MODIFIED, URL)])
def test_a_server_that_asks_for_more_time_gets_it(reading: Reading) -> None:
    state = advance(FeedState(URL), replace(reading, retry_after_s=7200.0), FEEDS, now=10.0, jitter=0.0)
    assert state.due_at == 7210.0


def test_a_failure_keeps_the_address_and_what_is_known() -> None:
    known = FeedState(URL, etag='"1"')
    assert advance(known, FAILED, FEEDS, now=0.0, jitter=0.0).etag == '"1"'


def test_a_feed_that_has_moved_is_asked_for_at_its_new_address() -> None:
    assert advance(FeedState("https://old.example"), READ, FEEDS, now=0.0, jitter=0.0).url == URL


def test_a_feed_that_is_gone_is_never_read_again() -> None:
    assert advance(FeedState(URL), Reading(Outcome.GONE, URL), FEEDS, now=0.0, jitter=0.0).due_at is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0.0),
        ("120", 120.0),
        ("Tue, 28 Feb 2023 09:01:00 GMT", 60.0),
        ("Tue, 28 Feb 2023 08:00:00 GMT", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("9" * 400, 86_400.0),
        ("Tue, 28 Feb 2099 09:01:00 GMT", 86_400.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert retry_after_s(header, now=datetime(2023, 2, 28, 9, tzinfo=UTC)) == seconds
