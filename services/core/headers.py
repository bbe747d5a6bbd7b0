"""Message headers: CloudEvents 1.0 in binary mode, and the W3C trace context.

Formats: CloudEvents Kafka protocol binding 1.0.2, section 3.2; W3C Trace Context, `traceparent` version 00.
"""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime

Headers = list[tuple[str, bytes]]
TRACEPARENT = "traceparent"
ARTICLE_TIME = "ce_articletime"  # when the article was written to `articles`; carried along to measure latency
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")


def event_headers(  # noqa: PLR0913 - the attributes of the format
    *, kind: str, source: str, event_id: str, subject: str, time: datetime, traceparent: str
) -> Headers:
    """Return the headers of a message.

    Args:
        kind: What the value is: `article`, `alert`, …
        source: The service that writes it.
        event_id: Id of the message; the same source and id is the same event.
        subject: What it is about: the article id.
        time: When it was written.
        traceparent: The trace it belongs to.
    """
    attributes = {
        "ce_specversion": "1.0",
        "ce_type": f"sightline.{kind}.v1",
        "ce_source": f"/sightline/{source}",
        "ce_id": event_id,
        "ce_time": format_time(time),
        "ce_subject": subject,
        "content-type": "application/json",
        TRACEPARENT: traceparent,
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


def continue_trace(parent: str | None) -> str:
    """Return a `traceparent` for new work: in the parent's trace, or in a new one if there is no valid parent."""
    match = _TRACEPARENT.fullmatch(parent or "")
    span = os.urandom(8).hex()
    if match is None or not int(match[1], 16):
        return f"00-{os.urandom(16).hex()}-{span}-01"
    return f"00-{match[1]}-{span}-{match[2]}"


def format_time(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_epoch_ms(timestamp_ms: int) -> datetime:
    """Return a record's timestamp as a time."""
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
