"""No feed, redirect, link or name leads to what only we can reach: real servers on loopback, which is such a place."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from services.ingest.feeds import connecting
from services.ingest.feeds.connecting import CheckedTransport
from services.ingest.feeds.fetch import Ask, fetch
from services.ingest.feeds.schedule import Outcome, Reading
from tests.unit.ingest.doubles import Remembering, Reply, Site
from tests.unit.ingest.test_feed_reader import PARAGRAPH, follow, rss


def ask(url: str, *private_hosts: str, resolve: Callable[[str, int], list[str]] | None = None) -> Reading:
    async def once() -> Reading:
        options = {} if resolve is None else {"resolve": resolve}
        transport = CheckedTransport(frozenset(private_hosts), **options)
        async with httpx.AsyncClient(timeout=5, transport=transport) as client:
            return await fetch(client, Ask(url), max_bytes=20_000, now=lambda: datetime.now(UTC))

    return asyncio.run(once())


def netloc(site: Site) -> str:
    return urlsplit(site.url).netloc


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "0x7f000001"])
def test_the_inside_is_not_asked_however_it_is_written(site: Site, host: str) -> None:
    site.put("/f", Reply(body=b"x"))
    reading = ask(f"http://{host}:{urlsplit(site.url).port}/f")
    assert reading.outcome is Outcome.FAILED
    assert "not on the public internet; SIGHTLINE_INGEST__FEEDS__PRIVATE_HOSTS" in (reading.problem or "")
    assert site.asked == []


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "[fd00::1]", "[64:ff9b::a9fe:a9fe]", "100.64.0.1"])
def test_networks_of_others_are_not_asked(host: str) -> None:
    assert "not on the public internet" in (ask(f"http://{host}/latest/meta-data").problem or "")


def test_what_is_named_is_asked_and_nothing_beside_it(site: Site) -> None:
    site.put("/f", Reply(body=b"x"))
    assert ask(site.url + "/f", netloc(site)).body == b"x"
    assert ask(site.url + "/f", "127.0.0.1").outcome is Outcome.FAILED  # another port is another host


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_checked_like_the_first_address(site: Site, status: int) -> None:
    port = urlsplit(site.url).port
    site.put("/f", Reply(status, headers={"Location": f"http://localhost:{port}/secret"}))
    site.put("/secret", Reply(body=b"x"))
    reading = ask(site.url + "/f", netloc(site))
    assert reading.outcome is Outcome.FAILED
    assert "localhost" in (reading.problem or "")
    assert [path for path, _ in site.asked] == ["/f"]


def test_a_name_that_turns_to_the_inside_after_the_check_is_not_followed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 127.0.0.2, where nobody listens, stands for a public address.
    monkeypatch.setattr(connecting, "is_public", lambda address: address == "127.0.0.2")
    site.put("/f", Reply(body=b"x"))
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    url = f"http://rebind.example:{urlsplit(site.url).port}/f"
    first, second = ask(url, resolve=rebinding), ask(url, resolve=rebinding)
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert "ConnectError" in (first.problem or "")
    assert "not on the public internet" in (second.problem or "")
    assert asked == ["rebind.example"] * 2
    assert site.asked == []


def test_of_several_addresses_only_public_ones_are_tried(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "is_public", lambda address: address == "127.0.0.1")
    site.put("/f", Reply(body=b"x"))
    reading = ask(f"http://a.example:{urlsplit(site.url).port}/f", resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])
    assert reading.body == b"x"
    [(_, headers)] = site.asked
    assert headers["host"] == f"a.example:{urlsplit(site.url).port}"


def test_a_name_that_is_not_known_is_a_failure(site: Site) -> None:
    def unknown(*_: object) -> list[str]:
        raise OSError(-2, "Name or service not known")

    assert "Name or service not known" in (ask("http://no.example/f", resolve=unknown).problem or "")


def test_links_of_a_feed_lead_nowhere_inside(site: Site, publisher: Remembering) -> None:
    page = f"<html><body><article><h1>T</h1><p>{PARAGRAPH * 3}</p></article></body></html>"
    site.put("/inside", Reply(body=page.encode()))
    inside = f"http://localhost:{urlsplit(site.url).port}/"
    url = site.put("/f", Reply(body=rss("inside", link=inside)))
    follow(publisher, url, until=100, fetch_pages=True)
    [article] = publisher.published
    assert article.text == "A summary."
    assert [path for path, _ in site.asked] == ["/f"]


def test_a_proxy_of_the_environment_connects(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.setenv("no_proxy", "direct.example")
    site.put("http://news.example/f", Reply(body=b"by proxy"))

    def known(host: str, _port: int) -> list[str]:
        if host == "news.example":
            raise OSError(-2, "only the proxy knows it")
        return ["127.0.0.1"]

    assert ask("http://news.example/f", resolve=known).body == b"by proxy"
    assert "not on the public" in (ask("http://inside.example/f", resolve=known).problem or "")
    assert "not on the public" in (ask("http://direct.example/f", resolve=known).problem or "")
    assert len(site.asked) == 1
