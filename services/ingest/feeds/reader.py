"""Follow feeds: read each when it is due, and publish the entries that are new."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import httpx
from anyio.to_thread import run_sync

from schemas import IdentifiedArticle
from services.core.addresses import Resolve, resolve
from services.core.codec import read_article
from services.core.errors import BrokerUnavailable, Unreadable
from services.core.logging import get_logger
from services.core.metrics import IngestMetrics
from services.core.settings import FeedSettings
from services.ingest.feeds.connecting import CheckedTransport
from services.ingest.feeds.fetch import Ask, fetch
from services.ingest.feeds.pace import Clock, HostPace, Sleep
from services.ingest.feeds.parse import Entry, Feed, NoFeed, parse_feed, to_article
from services.ingest.feeds.schedule import FeedState, Outcome, Reading, advance
from services.ingest.formats.web_page import read_page
from services.ingest.items import Item, Rejected, rejected
from services.ingest.producer import Publisher
from services.ingest.publishing import publish_items

KIND = "feed"
_AT_ONCE = 16
_WHOLE_ANSWER = 2.0  # timeouts that one answer may take from the first byte to the last


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time, chance and names; tests bring their own."""

    clock: Clock = time.monotonic
    sleep: Sleep = asyncio.sleep
    jitter: Callable[[], float] = random.random
    wall_clock: Callable[[], datetime] = _utc_now
    resolve: Resolve = resolve


@dataclass(slots=True)
class FeedReader:
    """Reads the feeds of the settings until it is cancelled.

    What is new is remembered in memory only: after a restart a feed's entries are published again, with the ids that
    they had, which every consumer takes for what they are.
    """

    feeds: FeedSettings
    publisher: Publisher
    metrics: IngestMetrics
    max_text_bytes: int
    around: Surroundings = field(default_factory=Surroundings)
    _seen: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for outcome in Outcome:
            self.metrics.feed_reads.labels(outcome.value)
        self.metrics.published.labels(KIND)

    async def run(self) -> None:
        """Follow every feed, each in a task of its own; ends when all are gone."""
        pace = HostPace(self.feeds.host_interval_s, clock=self.around.clock, sleep=self.around.sleep)
        at_once = asyncio.Semaphore(_AT_ONCE)
        async with self._client() as client, asyncio.TaskGroup() as tasks:
            for url in dict.fromkeys(self.feeds.urls):
                tasks.create_task(self._follow(_Visit(client, pace, at_once), url))

    def _client(self) -> httpx.AsyncClient:
        headers = {"User-Agent": self.feeds.user_agent}
        transport = CheckedTransport(frozenset(self.feeds.private_hosts), resolve=self.around.resolve)
        return httpx.AsyncClient(timeout=self.feeds.timeout_s, headers=headers, transport=transport)

    async def _follow(self, visit: "_Visit", url: str) -> None:
        log = get_logger(__name__).bind(feed=url)
        state = FeedState(url, due_at=self.around.clock())
        while state.due_at is not None:
            await self.around.sleep(max(0.0, state.due_at - self.around.clock()))
            try:
                reading = await self.read_once(visit, state)
            except Exception as error:  # noqa: BLE001 - whatever a feed does to a parser concerns that feed alone
                reading = Reading(Outcome.FAILED, state.url, problem=f"{type(error).__name__}: {error}")
            self.metrics.feed_reads.labels(reading.outcome.value).inc()
            state = advance(state, reading, self.feeds, now=self.around.clock(), jitter=self.around.jitter())
            if reading.problem is not None:
                pause_s = None if state.due_at is None else round(state.due_at - self.around.clock())
                log.warning("feed_not_read", outcome=reading.outcome.value, problem=reading.problem, retry_in_s=pause_s)

    async def read_once(self, visit: "_Visit", state: FeedState) -> Reading:
        """Read a feed once and publish what is new in it; a reading whose entries were not published has failed."""
        reading = await self._ask(visit, Ask(state.url, state.etag, state.last_modified))
        if reading.outcome is not Outcome.READ:
            return reading
        try:
            parse = partial(parse_feed, reading.body, url=reading.url, content_type=reading.content_type)
            feed = await run_sync(parse)
            await self._publish_new(visit, state.url, feed)
        except (NoFeed, BrokerUnavailable) as problem:
            # Without the etag: the server would answer that nothing has changed, and the entries would be lost.
            return Reading(Outcome.FAILED, state.url, problem=str(problem))
        # Entries were remembered under the old address.
        self._seen[reading.url] = self._seen[state.url]
        return replace(reading, body=b"")

    async def _publish_new(self, visit: "_Visit", url: str, feed: Feed) -> None:
        seen = self._seen.get(url, frozenset())
        fresh = [entry for entry in feed.entries if entry.key not in seen]
        items = [await self._item(visit, url, feed, entry) for entry in fresh]
        publish = partial(publish_items, self.publisher, items, self.metrics, kind=KIND)
        outcomes = await run_sync(publish, abandon_on_cancel=True)
        # Only what the feed holds now can come again.
        self._seen[url] = frozenset(entry.key for entry in feed.entries)
        _log_outcomes(url, outcomes)

    async def _item(self, visit: "_Visit", url: str, feed: Feed, entry: Entry) -> Item:
        fields = to_article(entry, feed_title=feed.title, feed_url=url)
        try:
            article = read_article(fields, max_text_bytes=self.max_text_bytes)
        except Unreadable as problem:
            return rejected(url, problem, place=entry.url or entry.title or "an entry")
        if self.feeds.fetch_pages and entry.is_summary and entry.url:
            return await self._with_page_text(visit, article)
        return article

    async def _with_page_text(self, visit: "_Visit", article: IdentifiedArticle) -> IdentifiedArticle:
        """Put the linked page's story in the place of the summary, where it can be had and is longer."""
        link = article.url or ""
        reading = await self._ask(visit, Ask(link))
        if reading.outcome is not Outcome.READ:
            return article
        try:
            read = partial(read_page, reading.body, url=link, max_text_bytes=self.max_text_bytes)
            page = await run_sync(read)
        except Unreadable:
            return article
        if len(page.text) <= len(article.text):
            return article
        return article.model_copy(update={"text": page.text, "title": article.title or page.title})

    async def _ask(self, visit: "_Visit", ask: Ask) -> Reading:
        try:
            async with visit.pace.turn(ask.url), visit.at_once, asyncio.timeout(self.feeds.timeout_s * _WHOLE_ANSWER):
                return await fetch(visit.client, ask, max_bytes=self.feeds.max_bytes, now=self.around.wall_clock)
        except TimeoutError:
            return Reading(Outcome.FAILED, ask.url, problem="the answer took too long")


@dataclass(frozen=True, slots=True)
class _Visit:
    """What all feeds' tasks share."""

    client: httpx.AsyncClient
    pace: HostPace
    at_once: asyncio.Semaphore


def _log_outcomes(url: str, outcomes: Sequence[Item]) -> None:
    rejections = [outcome.reason.value for outcome in outcomes if isinstance(outcome, Rejected)]
    published = len(outcomes) - len(rejections)
    log = get_logger(__name__).bind(feed=url, published=published)
    if rejections:
        log.warning("feed_read", rejected=len(rejections), reasons=sorted(set(rejections)))
    elif published:
        log.info("feed_read")
