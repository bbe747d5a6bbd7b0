"""Feeds are read from a real server: what has changed, politely, and whatever it answers."""

import asyncio
import gzip
import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from services.core.metrics import IngestMetrics
from services.core.settings import FeedSettings
from services.ingest.feeds.fetch import Ask, fetch
from services.ingest.feeds.pace import HostPace
from services.ingest.feeds.reader import FeedReader, Surroundings
from services.ingest.feeds.schedule import Outcome, Reading
from tests.unit.ingest.doubles import Remembering, Reply, Site

MAX_BYTES = 20_000
ENTRY = "<item><title>{title}</title><link>{link}</link><description>{text}</description></item>"
PARAGRAPH = "Alexander Lukashenko met Xi Jinping in Beijing, and both spoke at length of their old friendship. "


def rss(*titles: str, link: str = "https://news.example/", text: str = "A summary.") -> bytes:
    items = "".join(ENTRY.format(title=title, link=link + title, text=text) for title in titles)
    return f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


def ask(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Reading:
    async def once() -> Reading:
        async with httpx.AsyncClient(timeout=5) as client:
            return await fetch(
                client,
                Ask(url, etag, last_modified),
                max_bytes=MAX_BYTES,
                now=lambda: datetime(2023, 2, 28, 9, tzinfo=UTC),
            )

    return asyncio.run(once())


def test_an_answer_brings_what_the_next_question_needs(site: Site) -> None:
    url = site.put("/f", Reply(body=b"x", headers={"ETag": '"1"', "Last-Modified": "then", "Content-Type": "text/xml"}))
    reading = ask(url)
    assert (reading.outcome, reading.body, reading.url) == (Outcome.READ, b"x", url)
    assert (reading.etag, reading.last_modified, reading.content_type) == ('"1"', "then", "text/xml")


def test_only_what_has_changed_is_asked_for(site: Site) -> None:
    reading = ask(site.put("/f", Reply(304)), etag='"1"', last_modified="then")
    assert reading.outcome is Outcome.NOT_MODIFIED
    [(_, headers)] = site.asked
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "then")


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_says_when_to_come_back(site: Site, status: int) -> None:
    reading = ask(site.put("/f", Reply(status, headers={"Retry-After": "120"})))
    assert (reading.outcome, reading.retry_after_s) == (Outcome.FAILED, 120.0)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(500), "HTTP 500"),
        (Reply(404), "HTTP 404"),
        (Reply(body=b"x" * (MAX_BYTES + 1)), "larger than 20,000 bytes"),
        (Reply(body=gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"}), "larger than"),
        (Reply(body=gzip.compress(b"x" * 9_000)[:-12], headers={"Content-Encoding": "gzip"}), "middle"),
        (Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"}), "damaged"),
        (Reply(body=b"x", headers={"Content-Encoding": "gzip, gzip"}), "not asked for"),
        (Reply(body=b"x", headers={"Content-Length": "500"}), "Error"),
        (Reply(302, headers={"Location": "/f"}), "redirects"),
        (Reply(301, headers={"Location": "ftp://news.example/f"}), "not an address"),
        (Reply(301, headers={"Location": "http://[broken"}), "ValueError"),
    ],
)
def test_what_cannot_be_taken_is_a_failure_with_its_reason(site: Site, reply: Reply, told: str) -> None:
    reading = ask(site.put("/f", reply))
    assert reading.outcome is Outcome.FAILED
    assert told in (reading.problem or "")


def test_a_compressed_answer_is_read(site: Site) -> None:
    reading = ask(site.put("/f", Reply(body=gzip.compress(b"x" * 9_000), headers={"Content-Encoding": "gzip"})))
    assert reading.body == b"x" * 9_000


@pytest.mark.parametrize(
    ("hops", "lasting"),
    [([301], "/end"), ([308, 301], "/end"), ([302], "/0"), ([301, 302], "/1"), ([302, 301], "/0")],
)
def test_only_a_move_for_good_is_remembered(site: Site, hops: list[int], lasting: str) -> None:
    for number, status in enumerate(hops):
        following = "/end" if number == len(hops) - 1 else f"/{number + 1}"
        site.put(f"/{number}", Reply(status, headers={"Location": following}))
    site.put("/end", Reply(body=b"x"))
    reading = ask(site.url + "/0")
    assert (reading.outcome, reading.url) == (Outcome.READ, site.url + lasting)


class Time:
    """A clock that only sleeping moves; sleeping ends the run when the time is up."""

    def __init__(self, until: float) -> None:
        self.now = 0.0
        self.until = until

    def surroundings(self) -> Surroundings:
        return Surroundings(clock=lambda: self.now, sleep=self.sleep, jitter=lambda: 0.5)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now > self.until:
            raise asyncio.CancelledError


def follow(publisher: Remembering, *urls: str, until: float = 1_000, **settings: object) -> IngestMetrics:
    """Follow feeds for so many seconds of made-up time, which are gone in a moment."""
    metrics = IngestMetrics()
    known = {"urls": urls, "private_hosts": [urlsplit(url).netloc for url in urls]}
    feeds = FeedSettings.model_validate(known | {"host_interval_s": 0, "max_bytes": MAX_BYTES} | settings)
    reader = FeedReader(feeds, publisher, metrics, 1_000_000, Time(until).surroundings())
    asyncio.run(reader.run())
    return metrics


def count(metrics: IngestMetrics, outcome: Outcome) -> float | None:
    return metrics.registry.get_sample_value("sightline_feed_reads_total", {"outcome": outcome.value})


def test_new_entries_are_published_once(site: Site, publisher: Remembering) -> None:
    url = site.put("/f", Reply(body=rss("a", "b")), Reply(body=rss("b", "c")), Reply(304))
    metrics = follow(publisher, url)
    assert [article.title for article in publisher.published] == ["a", "b", "c"]
    assert {article.source for article in publisher.published} == {"Wire"}
    assert (count(metrics, Outcome.READ), count(metrics, Outcome.NOT_MODIFIED)) == (2, 2)
    assert metrics.registry.get_sample_value("sightline_articles_published_total", {"origin": "feed"}) == 3


def test_what_the_broker_did_not_take_is_asked_for_anew(site: Site, publisher: Remembering) -> None:
    def broker_comes_back() -> None:
        publisher.away = False

    publisher.away = True
    reply = Reply(body=rss("a"), headers={"ETag": '"1"'})
    url = site.put("/f", reply, Reply(body=rss("a"), headers={"ETag": '"1"'}, before=broker_comes_back))
    metrics = follow(publisher, url, until=100)
    assert [article.title for article in publisher.published] == ["a"]
    assert count(metrics, Outcome.FAILED) == 1
    assert "if-none-match" not in site.asked[1][1]


def test_a_feed_that_fails_backs_off_and_recovers(site: Site, publisher: Remembering) -> None:
    url = site.put(
        "/f", Reply(500), Reply(body=b"no feed"), Reply(429, headers={"Retry-After": "200"}), Reply(body=rss("a"))
    )
    metrics = follow(publisher, url, until=290)  # 22 + 45 + 200 seconds, then an interval
    assert [article.title for article in publisher.published] == ["a"]
    assert (count(metrics, Outcome.FAILED), count(metrics, Outcome.READ)) == (3, 1)


def test_a_feed_that_is_gone_is_left_alone_and_others_go_on(site: Site, publisher: Remembering) -> None:
    gone, there = site.put("/gone", Reply(410)), site.put("/there", Reply(body=rss("a")))
    metrics = follow(publisher, gone, there)
    assert [path for path, _ in site.asked].count("/gone") == 1
    assert count(metrics, Outcome.GONE) == 1
    assert count(metrics, Outcome.READ) == 4


def test_a_feed_that_has_moved_is_remembered_with_what_was_read(site: Site, publisher: Remembering) -> None:
    url = site.put("/old", Reply(301, headers={"Location": "/new"}))
    site.put("/new", Reply(body=rss("a")))
    follow(publisher, url)
    assert [path for path, _ in site.asked] == ["/old", "/new", "/new", "/new", "/new"]
    assert len(publisher.published) == 1


def test_an_entry_that_is_no_article_is_counted_and_the_rest_published(site: Site, publisher: Remembering) -> None:
    empty = b"<item><guid>1</guid></item>"
    url = site.put("/f", Reply(body=rss("a").replace(b"<item>", empty + b"<item>", 1)))
    metrics = follow(publisher, url, until=100)
    assert [article.title for article in publisher.published] == ["a"]
    labels = {"origin": "feed", "reason": "empty_text"}
    assert metrics.registry.get_sample_value("sightline_articles_rejected_total", labels) == 1


def test_a_server_that_never_finishes_is_given_up(site: Site, publisher: Remembering) -> None:
    let_go = threading.Event()
    url = site.put("/slow", Reply(body=rss("a"), before=lambda: let_go.wait(10)))
    metrics = follow(publisher, url, until=1, timeout_s=0.2)
    let_go.set()
    assert count(metrics, Outcome.FAILED) == 1
    assert publisher.published == []


@pytest.mark.parametrize("fetch_pages", [True, False])
def test_linked_pages_are_read_where_the_feed_holds_a_summary(
    site: Site, publisher: Remembering, *, fetch_pages: bool
) -> None:
    page = f"<html><body><article><h1>T</h1><p>{PARAGRAPH * 3}</p><p>{PARAGRAPH}</p></article></body></html>"
    site.put("/a", Reply(body=page.encode()))
    url = site.put("/f", Reply(body=rss("a", "missing", link=site.url + "/")))
    follow(publisher, url, until=100, fetch_pages=fetch_pages)
    whole, summary = publisher.published
    assert (PARAGRAPH.strip() in whole.text) is fetch_pages
    assert summary.text == "A summary."
    assert whole.url == site.url + "/a"


def test_one_host_is_asked_one_at_a_time_with_pauses() -> None:
    time, running, log = Time(1_000), 0, []

    async def visit(pace: HostPace, url: str) -> None:
        nonlocal running
        async with pace.turn(url):
            running += 1
            log.append((time.now, running))
            await asyncio.sleep(0)
            running -= 1

    async def all_visits() -> None:
        pace = HostPace(2.0, clock=lambda: time.now, sleep=time.sleep)
        await asyncio.gather(*(visit(pace, f"https://NEWS.example/{n}") for n in range(3)))

    asyncio.run(all_visits())
    assert log == [(0.0, 1), (2.0, 1), (4.0, 1)]


def test_other_hosts_do_not_wait() -> None:
    order: list[str] = []

    async def visits() -> None:
        pace = HostPace(2.0, clock=lambda: 0.0, sleep=lambda _: asyncio.sleep(0))
        async with pace.turn("https://a.example/"), pace.turn("https://b.example/"):
            order.append("both")

    asyncio.run(visits())
    assert order == ["both"]
