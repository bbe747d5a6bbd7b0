"""Read a feed, RSS, Atom or JSON Feed 1.1, into entries that are plain text."""

import calendar
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urljoin

import feedparser

from schemas.base import as_utc
from services.core.codec import decode_utf8, parse_json
from services.core.errors import Unreadable
from services.core.identity import content_version
from services.ingest.markup import to_plain_text

_JSON_FEED = "https://jsonfeed.org/version/"
_MAX_URL = 4096
_MAX_SOURCE = 512
_MAX_LANG = 35
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed.

    Attributes:
        key: What the feed calls it, and its content: a changed entry has another key.
        published_at: As ISO 8601.
        is_summary: The feed holds no more than a summary, or nothing, beside the title.
    """

    key: str
    title: str | None
    url: str | None
    text: str
    published_at: str | None
    lang: str | None
    is_summary: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds now."""

    title: str | None
    entries: tuple[Entry, ...]


class NoFeed(Exception):  # noqa: N818 - reads well where it is raised
    """What was fetched is no feed."""


def parse_feed(raw: bytes, *, url: str, content_type: str = "") -> Feed:
    """Read what a feed's address has answered.

    Args:
        url: Where it was fetched: the base of relative links.
        content_type: The header, for the encoding in it.

    Raises:
        NoFeed: It is neither RSS, Atom nor JSON Feed.
    """
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _parse_json_feed(raw, url)
    # A stream, never the bytes themselves: feedparser would take those for the name of a file, or an address to open.
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    try:
        found = feedparser.parse(io.BytesIO(raw), response_headers=headers)
    except Exception as error:  # feedparser 6.0.12 raises whatever malformed markup leads it to
        raise NoFeed(f"its markup cannot be read ({type(error).__name__}: {error})") from error
    if not found.get("version") and not found.entries:
        problem = found.get("bozo_exception")
        raise NoFeed(f"neither RSS, Atom nor JSON Feed{f' ({problem})' if problem else ''}")
    lang = found.feed.get("language")
    return Feed(_line(found.feed.get("title")), tuple(_entry(entry, lang) for entry in found.entries))


def _entry(entry: Any, lang: str | None) -> Entry:
    """Any: feedparser has no types."""
    contents = [_plain(part.get("value", ""), part.get("type", "")) for part in entry.get("content", ())]
    summary = _plain(entry.get("summary", ""), entry.get("summary_detail", {}).get("type", "text/html"))
    content = max(contents, key=len, default="")
    found = _Found(
        identity=entry.get("id") or entry.get("link"),
        title=_line(entry.get("title")),
        url=entry.get("link"),
        content=content,
        summary=summary,
        published_at=entry.get("published_parsed") or entry.get("updated_parsed"),
        lang=(entry.get("content") or [{}])[0].get("language") or lang,
    )
    return _settle(found)


def _parse_json_feed(raw: bytes, url: str) -> Feed:
    try:
        feed = parse_json(decode_utf8(raw))
    except Unreadable as problem:
        raise NoFeed(str(problem)) from problem
    if not isinstance(feed, dict) or not str(feed.get("version", "")).startswith(_JSON_FEED):
        raise NoFeed("JSON, but no JSON Feed: its version is not an address under jsonfeed.org/version")
    items = feed.get("items")
    lang = feed.get("language")
    records = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return Feed(_line(feed.get("title")), tuple(_json_entries(records, url, lang)))


def _json_entries(items: list[dict[str, Any]], base: str, lang: Any) -> Iterator[Entry]:
    for item in items:
        link = item.get("url") or item.get("external_url")
        html = item.get("content_html")
        plain = item.get("content_text")
        found = _Found(
            identity=item.get("id") or link,
            title=_line(item.get("title")),
            url=_joined(base, link) if isinstance(link, str) else None,
            content=plain if isinstance(plain, str) else to_plain_text(html) if isinstance(html, str) else "",
            summary=_line(item.get("summary")) or "",
            published_at=item.get("date_published") or item.get("date_modified"),
            lang=item.get("language") or lang,
        )
        yield _settle(found)


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry as found: of the values that are Any, each may be anything."""

    identity: Any
    title: str | None
    url: Any
    content: str
    summary: str
    published_at: Any
    lang: Any


def _settle(found: _Found) -> Entry:
    """Choose the text, and drop what is no date, address or language: no news is lost for its date."""
    text = (found.content if len(found.content) > len(found.summary) else found.summary).strip()
    identity = [str(part) for part in (found.identity, found.title, found.url, text)]
    return Entry(
        key=content_version("\n".join(identity)),
        title=found.title,
        url=_within(found.url, _MAX_URL),
        text=text,
        published_at=_iso(found.published_at),
        lang=_within(found.lang, _MAX_LANG),
        is_summary=len(found.content) <= len(found.summary),
    )


def _joined(base: str, link: str) -> str | None:
    """Return a link in full, or None if it is none: no news is lost for its link either."""
    try:
        return urljoin(base, link)
    except ValueError:
        return None


def _within(value: Any, limit: int) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= limit else None


def _plain(value: str | None, kind: str) -> str:
    """Feedparser gives None for some elements that hold nothing."""
    if value is None:
        return ""
    return to_plain_text(value) if kind in _HTML else value.strip()


def _line(value: Any) -> str | None:
    """Return a title as one line of plain text: titles hold markup too."""
    return " ".join(to_plain_text(value).split()) or None if isinstance(value, str) else None


def _iso(moment: Any) -> str | None:
    """Return a date of feedparser's or of a JSON feed as ISO 8601, or None if it is none."""
    try:
        if isinstance(moment, struct_time):
            return datetime.fromtimestamp(calendar.timegm(moment), UTC).isoformat()
        return as_utc(datetime.fromisoformat(moment)).isoformat() if isinstance(moment, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def to_article(entry: Entry, *, feed_title: str | None, feed_url: str) -> Mapping[str, Any]:
    """Return the fields of the article that an entry is; one that holds a title only is an article of that line."""
    return {
        "text": entry.text or entry.title or "",
        "title": entry.title if entry.text else None,
        "url": entry.url,
        "source": (feed_title or feed_url)[:_MAX_SOURCE],
        "published_at": entry.published_at,
        "lang": entry.lang,
        "extra": {"feed": feed_url},
    }
