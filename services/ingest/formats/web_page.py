"""Read a saved web page as one article: the story without menus and advertising, with what the page says of itself."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from trafilatura import bare_extraction

from schemas import IdentifiedArticle, Reason
from schemas.base import require_iso_8601
from services.core.codec import read_article
from services.core.errors import Unreadable
from services.ingest.items import Format, Item, rejected
from services.ingest.records import read_bounded

_MAX_PAGE_BYTES = 20_000_000
_LANG = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z0-9-]{2,35})", re.IGNORECASE)
_LANG_WITHIN_BYTES = 4096


def read(stream: BinaryIO, origin: str, *, max_text_bytes: int) -> Iterator[Item]:
    """Yield the one article that the page holds."""
    try:
        yield read_page(read_bounded(stream, _MAX_PAGE_BYTES), max_text_bytes=max_text_bytes)
    except Unreadable as problem:
        yield rejected(origin, problem)


def read_page(raw: bytes, *, url: str | None = None, max_text_bytes: int) -> IdentifiedArticle:
    """Read the article of a page.

    Args:
        url: Where the page was fetched; without it, the address that the page gives as its own.

    Raises:
        Unreadable: No story is found in it, or one that is too large.
    """
    # Any: trafilatura's return type joins three output formats.
    page: Any = bare_extraction(raw, url=url, include_comments=False, with_metadata=True) if raw.strip() else None
    if page is None or not page.text:
        raise Unreadable(Reason.EMPTY_TEXT, "text is empty: no article was found in the page")
    lang = _LANG.search(raw[:_LANG_WITHIN_BYTES])
    fields = {
        "text": page.text,
        "title": page.title,
        "url": url or page.url,
        "source": page.sitename or page.hostname,
        "published_at": _date(page.date),
        "lang": lang[1].decode("ascii") if lang else page.language,
    }
    return read_article(fields, max_text_bytes=max_text_bytes)


def _date(found: str | None) -> str | None:
    """Return the date, or None if what was found is none: a page is not refused for its date."""
    try:
        return str(require_iso_8601(found))
    except ValueError:
        return None


FORMAT = Format(suffixes=(".html", ".htm"), media_types=("text/html", "application/xhtml+xml"), read=read)
