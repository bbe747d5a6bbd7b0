"""Read articles from JSON: one parsed value is one article, in our own form or as IPTC ninjs."""

import json
from typing import Any, BinaryIO

from pydantic_core import from_json

from schemas import IdentifiedArticle, Reason
from services.core.codec import read_article
from services.core.errors import Unreadable
from services.ingest import ninjs

_BOM = "\ufeff"


def read_bounded(stream: BinaryIO, limit_bytes: int, *, advice: str = "") -> bytes:
    """Read a stream to its end, but no further than the limit.

    Raises:
        Unreadable: It is larger; `advice` says what else to do.
    """
    raw = stream.read(limit_bytes + 1)
    if len(raw) > limit_bytes:
        raise Unreadable(Reason.TEXT_TOO_LARGE, f"larger than {limit_bytes:,} bytes, which is the limit{advice}")
    return raw


def decode_utf8(raw: bytes, *, first_byte: int = 0) -> str:
    """Decode UTF-8, and drop a byte order mark.

    Args:
        first_byte: Where `raw` starts in its source, so that the error names the place there.

    Raises:
        Unreadable: Names the byte at fault.
    """
    try:
        return raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {first_byte + error.start} is 0x{raw[error.start]:02x} ({error.reason})"
        raise Unreadable(Reason.NOT_UTF8, message) from error


def parse_json(body: str) -> Any:
    """Parse JSON as strictly as RFC 8259, but keep lone surrogates, for the article's fields to be named with them.

    Raises:
        Unreadable: Names the line and column.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as strict:
        try:
            return json.loads(body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Unreadable(Reason.NOT_JSON, f"not JSON: {strict}") from error


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


def _refuse_constant(name: str) -> None:
    message = f"{name} is no JSON number"
    raise ValueError(message)
