"""Decide whether and when a failed attempt is made again: exponential back-off with full jitter, bounded."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SOONEST_S = 0.05


@dataclass(frozen=True, slots=True)
class Backoff:
    """How pauses grow.

    Attributes:
        first_s: The longest pause after the first attempt; it doubles with each.
        max_s: The longest pause after any.
        retry_after_max_s: The longest that a receiver may ask for.
    """

    first_s: float
    max_s: float
    retry_after_max_s: float


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one event is tried: so many attempts, and no new one after so many seconds."""

    max_attempts: int
    max_elapsed_s: float


def next_pause(  # noqa: PLR0913 - what the decision depends on
    backoff: Backoff,
    patience: Patience,
    *,
    attempt: int,
    elapsed_s: float,
    retry_after_s: float | None,
    chance: float,
) -> float | None:
    """Return how long to wait before the next attempt, in seconds, or None to give up.

    Args:
        backoff: How pauses grow.
        patience: When to give up.
        attempt: Number of the attempt that failed, from 1.
        elapsed_s: Since the first attempt began.
        retry_after_s: What the receiver has asked for, if it has; never waited less, within its bound.
        chance: 0.0 to 1.0, drawn by the caller: full jitter keeps receivers that failed together from being
            tried together.
    """
    if attempt >= patience.max_attempts:
        return None
    # The exponent is bounded, for 2**attempt would overflow what a float holds.
    ceiling_s = min(backoff.max_s, backoff.first_s * 2 ** min(attempt - 1, 60))
    pause_s = max(_SOONEST_S, ceiling_s * chance)
    if retry_after_s is not None:
        pause_s = max(pause_s, min(retry_after_s, backoff.retry_after_max_s))
    return None if elapsed_s + pause_s > patience.max_elapsed_s else pause_s


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return how many seconds a `Retry-After` header asks to wait, 0.0 or more, or None if it says nothing.

    Args:
        value: Seconds, or a date as HTTP writes it.
        now: To count from.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
