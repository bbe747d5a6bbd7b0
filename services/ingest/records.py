"""Read articles from JSON: one parsed value is one article, in our own form or as IPTC ninjs."""

from typing import Any, BinaryIO

from schemas import IdentifiedArticle, Reason
from services.core.codec import read_article
from services.core.errors import Unreadable
from services.ingest import ninjs


def read_bounded(stream: BinaryIO, limit_bytes: int, *, advice: str = "") -> bytes:
    """Read a stream to its end, but no further than the limit.

    Raises:
        Unreadable: It is larger; `advice` says what else to do.
    """
    raw = stream.read(limit_bytes + 1)
    if len(raw) > limit_bytes:
        raise Unreadable(Reason.TEXT_TOO_LARGE, f"larger than {limit_bytes:,} bytes, which is the limit{advice}")
    return raw


def read_record(value: Any, *, max_text_bytes: int) -> IdentifiedArticle:
    """Read one parsed value as an article.

    Raises:
        Unreadable: Says which field is wrong, and the limit where there is one.
    """
    if isinstance(value, str):
        value = {"text": value}
    elif ninjs.is_ninjs(value):
        value = ninjs.to_article(value)
    return read_article(value, max_text_bytes=max_text_bytes)
