"""Message headers: CloudEvents 1.0 in binary mode, and the W3C trace context.

Formats: CloudEvents Kafka protocol binding 1.0.2, section 3.2; W3C Trace Context, `traceparent` version 00.
"""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

Headers = list[tuple[str, bytes]]
TRACEPARENT = "traceparent"
ARTICLE_TIME = "ce_articletime"  # when the article was written to `articles`; carried along to measure latency
# Later versions may append fields; what stands before them is read as that of version 00 (section 4.3 of the format).
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_KNOWN_FLAGS = 0x03  # sampled, and random trace id; others are not passed on


def event_headers(*, kind: str, source: str, event_id: str, subject: str, time: datetime) -> Headers:
    """Return the headers of a message, but for the trace, which whoever writes it adds.

    Args:
        kind: What the value is: `article`, `alert`, …
        source: The service that writes it.
        event_id: Id of the message; the same source and id is the same event.
        subject: What it is about: the article id.
        time: When it was written.
    """
    attributes = {
        "ce_specversion": "1.0",
        "ce_type": f"sightline.{kind}.v1",
        "ce_source": f"/sightline/{source}",
        "ce_id": event_id,
        "ce_time": format_time(time),
        "ce_subject": subject,
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in attributes.items()]


def read_header(headers: Iterable[tuple[str, bytes | None]] | None, name: str) -> str | None:
    """Return the value of the last header of that name, or None if there is none that is UTF-8."""
    found = None
    for key, value in headers or ():
        if key == name and value is not None:
            try:
                found = value.decode()
            except UnicodeDecodeError:
                continue
    return found


class Parent(NamedTuple):
    """What a `traceparent` says: the trace, the span in it that comes before, and flags; ids in hexadecimal digits."""

    trace_id: str
    span_id: str
    flags: int


def read_traceparent(text: str | None) -> Parent | None:
    """Return what a `traceparent` says; None if it is none, which W3C has us take as if there were none."""
    match = _TRACEPARENT.fullmatch(text or "")
    if match is None or (match[1] == "00" and match[5] is not None) or not int(match[2], 16) or not int(match[3], 16):
        return None
    return Parent(match[2], match[3], int(match[4], 16) & _KNOWN_FLAGS)


def format_traceparent(trace_id: str, span_id: str, flags: int) -> str:
    """Write a `traceparent`, version 00."""
    return f"00-{trace_id}-{span_id}-{flags:02x}"


def continue_trace(parent: str | None) -> str:
    """Return a `traceparent` for new work: in the parent's trace, or in a new one if there is no valid parent."""
    known = read_traceparent(parent)
    span_id = os.urandom(8).hex()
    if known is None:
        return format_traceparent(os.urandom(16).hex(), span_id, 1)
    return format_traceparent(known.trace_id, span_id, known.flags)


def format_time(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_epoch_ms(timestamp_ms: int) -> datetime:
    """Return a record's timestamp as a time."""
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
