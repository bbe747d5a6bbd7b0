"""Read an article from what arrived, and write messages as they are published."""

import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from schemas import Article, IdentifiedArticle, Reason
from schemas.base import Message
from services.core.errors import Unreadable
from services.core.identity import article_id

_BOM = "\ufeff"


def decode_article(raw: bytes | None, *, max_text_bytes: int) -> IdentifiedArticle:
    """Read one article from a message's value: a JSON object, a JSON string, or plain UTF-8 text.

    Args:
        raw: The value as received; None is a tombstone.
        max_text_bytes: Largest text that is taken, in bytes of UTF-8.

    Raises:
        Unreadable: Says which field is wrong, and the limit where there is one.
    """
    if raw is None:
        raise Unreadable(Reason.NULL_VALUE, "the value is null: a tombstone holds no article")
    body = decode_utf8(raw)
    start = body.lstrip()[:1]
    if start == "{":
        return read_article(parse_json(body), max_text_bytes=max_text_bytes)
    if start in {"[", '"'}:
        try:
            value = from_json(body)
        except ValueError:
            value = body  # a text that merely begins with a quotation mark or a bracket
        if isinstance(value, list):
            raise Unreadable(Reason.INVALID_FIELD, "the value is a JSON array: send one article per message")
        return read_article({"text": value}, max_text_bytes=max_text_bytes)
    return read_article({"text": body}, max_text_bytes=max_text_bytes)


def decode_utf8(raw: bytes, *, first_byte: int = 0) -> str:
    """Decode UTF-8, and drop a byte order mark.

    Args:
        raw: The bytes.
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


def read_article(value: Any, *, max_text_bytes: int) -> IdentifiedArticle:
    """Validate parsed JSON as an article and settle its id.

    Raises:
        Unreadable: Says which field is wrong, and the limit where there is one.
    """
    try:
        article = Article.model_validate(value)
    except ValidationError as error:
        raise _explain(error) from error
    except RecursionError as error:
        raise Unreadable(Reason.INVALID_FIELD, "extra is nested too deeply") from error
    size = len(article.text.encode())
    if size > max_text_bytes:
        message = f"text has {size:,} bytes of UTF-8; the limit is {max_text_bytes:,}"
        raise Unreadable(Reason.TEXT_TOO_LARGE, message)
    identity = article.id or article_id(url=article.url, text=article.text)
    return IdentifiedArticle.model_construct(**{**dict(article), "id": identity})


def as_unreadable(error: ValidationError) -> Unreadable:
    """Return which field of a message, not written by people, is wrong."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the value"
    reason = Reason.NOT_JSON if first["type"] == "json_invalid" else Reason.INVALID_FIELD
    return Unreadable(reason, f"{place}: {first['msg']}")


def encode(message: Message) -> bytes:
    """Write a message as UTF-8 JSON, every field present."""
    return message.model_dump_json().encode()


def _refuse_constant(name: str) -> None:
    message = f"{name} is no JSON number"
    raise ValueError(message)


def _explain(error: ValidationError) -> Unreadable:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(step) for step in first["loc"]) or "the value"
    if field == "text" and first["type"] in {"string_too_short", "string_pattern_mismatch"}:
        return Unreadable(Reason.EMPTY_TEXT, "text is empty: an article needs at least one character that is no space")
    if first["type"] == "missing":
        return Unreadable(Reason.INVALID_FIELD, f"{field} is missing: it is the one required field")
    problem = first["msg"].removeprefix("Value error, ")
    if first["type"] == "string_unicode":
        problem = "not valid Unicode: it holds a lone surrogate"
    given = first.get("input")
    shown = f" (given: {_short(given)})" if isinstance(given, str | int | float | bool | None) else ""
    return Unreadable(Reason.INVALID_FIELD, f"{field}: {problem}{shown}")


def _short(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
