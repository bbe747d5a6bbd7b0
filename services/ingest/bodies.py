"""Read the body of a request to publish: which format it is in, and the items it holds."""

import io
from itertools import islice

from services.ingest import formats
from services.ingest.formats import json_document
from services.ingest.items import Format, Item

ORIGIN = "http"

# What `curl -d` says of any body, and what clients say that do not know: both send JSON.
_UNSAID = frozenset({"", "application/x-www-form-urlencoded", "application/octet-stream"})


class TooMany(Exception):  # noqa: N818 - reads well where it is raised
    """The body holds more articles than one request may."""


def format_of_body(content_type: str) -> Format | None:
    """Return the format that a `Content-Type` names, or None if articles are not read from it."""
    if content_type.partition(";")[0].strip().lower() in _UNSAID:
        return json_document.FORMAT
    return formats.for_media_type(content_type)


def read_body(raw: bytes, known: Format, *, max_articles: int, max_text_bytes: int) -> list[Item]:
    """Return the items of a body in order.

    Raises:
        TooMany: It holds more than `max_articles`.
    """
    items = list(islice(known.read(io.BytesIO(raw), ORIGIN, max_text_bytes=max_text_bytes), max_articles + 1))
    if len(items) > max_articles:
        raise TooMany
    return items
