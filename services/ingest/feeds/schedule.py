"""Decide when a feed is read next, from what came of the last reading. Pure: time and chance are arguments."""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.core.settings import FeedSettings

_FIRST_BACKOFF_S = 30.0


class Outcome(StrEnum):
    """How a reading ended; also the metric's label."""

    READ = "read"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of asking for a feed once.

    Attributes:
        url: Where it stands now: another address than before if it has moved for good.
        etag: Of what was read; likewise `last_modified`.
        problem: Why it failed, in a sentence.
        retry_after_s: How long the server asks to be left alone.
    """

    outcome: Outcome
    url: str
    body: bytes = b""
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    problem: str | None = None
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of one feed.

    Attributes:
        due_at: When to read it next, in seconds of the caller's clock; None: never again.
        failures: In a row.
    """

    url: str
    due_at: float | None = 0.0
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0


def advance(state: FeedState, reading: Reading, feeds: FeedSettings, *, now: float, jitter: float) -> FeedState:
    """Return the state after a reading.

    Args:
        now: Seconds of the clock that `due_at` is in.
        jitter: 0.0-1.0, by chance: spreads feeds that failed together, so that they do not come back together.
    """
    if reading.outcome is Outcome.GONE:
        return replace(state, due_at=None)
    if reading.outcome is Outcome.FAILED:
        failures = state.failures + 1
        backoff_s = min(_FIRST_BACKOFF_S * 2.0 ** min(failures - 1, 30), feeds.max_backoff_s)
        pause_s = max(backoff_s * (0.5 + jitter / 2), reading.retry_after_s)
        return replace(state, failures=failures, due_at=now + pause_s)
    pause_s = max(feeds.interval_s * (0.9 + jitter / 5), reading.retry_after_s)
    settled = replace(state, url=reading.url, failures=0, due_at=now + pause_s)
    if reading.outcome is Outcome.NOT_MODIFIED:
        return settled
    return replace(settled, etag=reading.etag, last_modified=reading.last_modified)
