"""Dead letters: the bytes as received, everything else in headers, and back.

The header names follow those that Kafka Connect gives its dead letters, under a prefix of our own.
"""

import base64
import hashlib
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas import DeadLetter, Reason
from services.core.errors import Unreadable
from services.core.headers import TRACEPARENT, Headers, format_time, read_header, read_traceparent

PREFIX = "sightline.errors."
_MESSAGE_MAX = 1000


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it was received."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def dead_letter_headers(received: Received, error: Exception, *, failed_at: datetime) -> Headers:
    """Return the received headers, and after them what went wrong with the message and where it stood."""
    told = {
        "topic": received.topic,
        "partition": str(received.partition),
        "offset": str(received.offset),
        "reason": reason_of(error).value,
        "exception.class.name": type(error).__name__,
        "exception.message": str(error)[:_MESSAGE_MAX],
        "timestamp": format_time(failed_at),
    }
    if not isinstance(error, Unreadable):
        told["traceback.digest"] = traceback_digest(error)
    kept = [(name, value) for name, value in received.headers if not name.startswith(PREFIX)]
    return [*kept, *((PREFIX + name, value.encode("utf-8", "backslashreplace")) for name, value in told.items())]


def original_headers(headers: Iterable[tuple[str, bytes]]) -> Headers:
    """Return a dead letter's headers as they were received."""
    return [(name, value) for name, value in headers if not name.startswith(PREFIX)]


def read_dead_letter(received: Received) -> DeadLetter:
    """Return a record of a dead-letter topic in the form in which people see and repair it.

    Raises:
        ValueError: The record lacks the headers of a dead letter.
    """
    told = {
        name: read_header(received.headers, PREFIX + name)
        for name in ("topic", "partition", "offset", "reason", "exception.message", "traceback.digest", "timestamp")
    }
    told[TRACEPARENT] = read_header(received.headers, TRACEPARENT)
    if None in (told["topic"], told["partition"], told["offset"], told["reason"]):
        msg = f"no dead letter: {received.topic} {received.partition}:{received.offset} lacks {PREFIX}… headers"
        raise ValueError(msg)
    return DeadLetter.model_validate(
        {
            "topic": told["topic"],
            "partition": int(told["partition"] or 0),
            "offset": int(told["offset"] or 0),
            "reason": told["reason"],
            "message": told["exception.message"] or "",
            "traceback_digest": told["traceback.digest"],
            "failed_at": told["timestamp"],
            "traceparent": told[TRACEPARENT] if read_traceparent(told[TRACEPARENT]) else None,
            **_as_text_or_base64("key", received.key),
            **_as_text_or_base64("value", received.value),
        }
    )


def reason_of(error: Exception) -> Reason:
    """Return why a message that raised this is set aside."""
    return error.reason if isinstance(error, Unreadable) else Reason.PROCESSING_FAILED


def traceback_digest(error: BaseException) -> str:
    """Return a digest that is the same for failures at the same place in the code, whatever the message said."""
    frames = traceback.extract_tb(error.__traceback__)
    place = "\n".join(f"{frame.name}:{frame.line}" for frame in frames) + type(error).__name__
    return hashlib.sha256(place.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _as_text_or_base64(field: str, raw: bytes | None) -> dict[str, str | bytes]:
    if raw is None:
        return {}
    try:
        return {field: raw.decode()}
    except UnicodeDecodeError:
        return {f"{field}_base64": base64.b64encode(raw)}
