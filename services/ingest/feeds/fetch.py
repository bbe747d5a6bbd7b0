"""Ask a server for a feed or page: bounded in time, in size and in redirects, and only for what has changed."""

import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx

from services.ingest.feeds.connecting import Refused
from services.ingest.feeds.schedule import Outcome, Reading

_MAX_REDIRECTS = 5
_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_REDIRECTS = _PERMANENT | {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT}
_BACK_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_MAX_RETRY_AFTER_S = 86_400.0
_GZIP = frozenset({"gzip", "x-gzip"})
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_IDENTITY = frozenset({"", "identity"})


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask for.

    Attributes:
        etag: Of what is known already; likewise `last_modified`.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None


async def fetch(client: httpx.AsyncClient, ask: Ask, *, max_bytes: int, now: Callable[[], datetime]) -> Reading:
    """Ask once, following redirects, and return what came of it; a failure is an outcome too.

    Args:
        client: Its timeout bounds each step; the caller bounds the whole. Its transport says which hosts may be asked.
        now: The wall clock, for a `Retry-After` that is a date.
    """
    url, lasting_url, lasting = ask.url, ask.url, True
    try:
        for _ in range(_MAX_REDIRECTS + 1):
            if urlsplit(url).scheme not in {"http", "https"}:
                return _failed(ask, f"{url} is not an address that may be read")
            async with client.stream("GET", url, headers=_headers(ask), follow_redirects=False) as response:
                if response.status_code not in _REDIRECTS or "location" not in response.headers:
                    return await _read(response, ask, lasting_url, max_bytes=max_bytes, now=now)
                url = urljoin(url, response.headers["location"])
                lasting = lasting and response.status_code in _PERMANENT
                lasting_url = url if lasting else lasting_url
        return _failed(ask, f"more than {_MAX_REDIRECTS} redirects")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # ValueError: a redirect to what is no address
        return _failed(ask, f"{type(error).__name__}: {error}".rstrip(": "))
    except Refused as refusal:
        return _failed(ask, str(refusal))


async def _read(
    response: httpx.Response, ask: Ask, lasting_url: str, *, max_bytes: int, now: Callable[[], datetime]
) -> Reading:
    status = response.status_code
    if status == HTTPStatus.NOT_MODIFIED:
        return Reading(Outcome.NOT_MODIFIED, lasting_url)
    if status == HTTPStatus.GONE:
        return Reading(Outcome.GONE, ask.url, problem="the server says that it is gone for good (410)")
    if status != HTTPStatus.OK:
        wait_s = retry_after_s(response.headers.get("retry-after"), now=now()) if status in _BACK_LATER else 0.0
        return _failed(ask, f"HTTP {status} {response.reason_phrase}".rstrip(), retry_after=wait_s)
    return Reading(
        Outcome.READ,
        lasting_url,
        body=await _body(response, max_bytes),
        content_type=response.headers.get("content-type", ""),
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
    )


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    """Return the body decompressed, never holding more than the limit: a small answer may unpack to a huge one."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    pieces = response.aiter_raw()
    if coding not in _IDENTITY:
        if coding not in _GZIP:
            raise Refused(f"compressed as {coding!r}, which was not asked for")
        pieces = _decompress(pieces, max_bytes)
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > max_bytes:
            raise Refused(f"larger than {max_bytes:,} bytes, which is the limit")
    return bytes(body)


async def _decompress(pieces: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[bytes]:
    unpack = zlib.decompressobj(_GZIP_WINDOW)
    try:
        async for piece in pieces:
            yield unpack.decompress(piece, max_bytes + 1)
    except zlib.error as error:
        raise Refused(f"its compression is damaged ({error})") from error
    if not unpack.eof:
        raise Refused("it ends in the middle of its compression")


def retry_after_s(header: str | None, *, now: datetime) -> float:
    """Return the seconds that a `Retry-After` asks for, at most a day: a number, or a date; 0.0 if it is neither."""
    if not header:
        return 0.0
    if header.strip().isdecimal():
        return min(float(header.strip()[:10]), _MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), _MAX_RETRY_AFTER_S)


def _headers(ask: Ask) -> dict[str, str]:
    known = {"If-None-Match": ask.etag, "If-Modified-Since": ask.last_modified}
    return {name: value for name, value in known.items() if value} | {"Accept-Encoding": "gzip"}


def _failed(ask: Ask, problem: str, *, retry_after: float = 0.0) -> Reading:
    return Reading(Outcome.FAILED, ask.url, problem=problem, retry_after_s=retry_after)
