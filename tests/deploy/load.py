"""The whole system under load, scraped by a real Prometheus that has our rules: for tests and for pictures.

Everything that a dashboard shows is made to happen: articles by HTTP, feed and plain producer, some of which cannot be
read; alerts that are opened, updated and resolved; receivers that deliver, fail and refuse; a silence; an Alertmanager.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from schemas import Topic
from services.alerts.notifier.silences_topic import write_silence
from services.alerts.rule_topic import load_rules
from services.alerts.rules import read_rules
from services.local.ports import choose_ports
from services.watchlist.file import read_watchlist
from tests.chaos.articles import make_articles
from tests.conftest import CHECKOUT
from tests.deploy.rule_files import RULE_FILES
from tests.integration.alertmanager import find_alertmanager, run_alertmanager
from tests.integration.notifying import config, notifier, webhook
from tests.integration.prometheus import find_programs, run_prometheus
from tests.integration.receivers import Answer, HttpReceiver, Request
from tests.integration.running import Installation, Service
from tests.unit.alerts.notifier.examples import silence

SEEDS = CHECKOUT / "seeds"
QUIET = timedelta(seconds=20)  # after which an alert is resolved
_PAUSE_S = 0.5  # between two requests
_ODD = 8  # every so manyth brings what cannot be read, too
_FEED = """<rss version="2.0"><channel><title>Example Wire</title>
<item><title>{title}</title><link>https://example.org/{title}</link><description>{text}</description></item>
</channel></rss>"""


@dataclass(frozen=True, slots=True)
class System:
    """What runs."""

    installation: Installation
    services: dict[str, Service]
    prometheus: str  # its address


@contextmanager
def running(servers: str, prefix: str, directory: Path) -> Iterator[System]:
    """Run broker's clients, receivers and Prometheus; yield when every service is ready. Nothing is published yet."""
    installation = Installation(servers, prefix)
    installation.load_watchlist()
    quick = {"group_interval": timedelta(seconds=2), "resolve_after": QUIET}
    load_rules(installation.kafka, [rule.model_copy(update=quick) for rule in read_rules(SEEDS / "rules.yaml")])
    write_silence(installation.kafka, silence("rule=mercenaries-and-leaders", starts_at=datetime.now(UTC)))
    with ExitStack() as stack:
        receiver = stack.enter_context(HttpReceiver().running())
        receiver.decide = _answer
        manager = stack.enter_context(_alertmanager(directory / "alertmanager"))
        feeds = stack.enter_context(_feeds(directory / "feeds"))
        services = _services(installation, directory, feeds, _receivers(receiver.url, manager))
        for service in services.values():
            stack.enter_context(service)
        for service in services.values():
            service.wait_until_ready()
        ports = {name: service.port for name, service in services.items()}
        (directory / "prometheus").mkdir()
        prometheus = run_prometheus(find_programs(), directory / "prometheus", ports, RULE_FILES)
        yield System(installation, services, stack.enter_context(prometheus))


@contextmanager
def under_load(system: System, *, rate: Callable[[], float]) -> Iterator[None]:
    """Publish, in a thread of its own, `rate` articles a second."""
    stop = threading.Event()
    press = threading.Thread(target=_publish, args=[system, rate, stop], name="press")
    press.start()
    try:
        yield
    finally:
        stop.set()
        press.join(30)


def _publish(system: System, rate: Callable[[], float], stop: threading.Event) -> None:
    watchlist = read_watchlist(SEEDS / "watchlist.yaml")
    articles = iter(make_articles(20_000, watchlist, seed=7, start=datetime.now(UTC)))
    seeds = [{"text": file.read_text("utf-8")} for file in sorted((SEEDS / "articles").glob("*.txt"))]
    seeds += [json.loads(file.read_text("utf-8")) for file in sorted((SEEDS / "articles").glob("*.json"))]
    with httpx.Client(base_url=f"http://127.0.0.1:{system.services['ingest'].port}", timeout=30) as client:
        client.post("/articles", json=seeds).raise_for_status()
        rounds = count()
        while not stop.wait(_PAUSE_S):
            batch = list(islice(articles, max(1, round(rate() * _PAUSE_S))))
            sent: list[object] = [json.loads(each.value) for each in batch]
            odd = next(rounds) % _ODD == 0
            client.post("/articles", json=[*sent, {"text": " "}, {"text": 5}] if odd else sent)
            if not odd:
                continue
            client.post("/articles", json=[], headers={"Origin": "https://elsewhere.example"})  # a web page's: refused
            # Somebody else produces too, and not only what can be read.
            system.installation.produce(Topic.ARTICLES, [(None, b"\xff"), (None, b'{"text": ""}')])
            system.installation.produce(Topic.ACTORS_COOCCURRENCES, [(b"a|b", b"{}")])


def _services(
    installation: Installation, directory: Path, feeds: Sequence[str], receivers: list[dict[str, object]]
) -> dict[str, Service]:
    (port,) = choose_ports([0])

    def service(name: str, **environment: str) -> Service:
        return Service(["-m", f"services.{name}"], installation, directory / f"{name}.log", **environment)

    return {
        "ingest": service(
            "ingest",
            SIGHTLINE_INGEST__HTTP__PORT="0",
            SIGHTLINE_INGEST__FEEDS__URLS=" ".join(feeds),
            SIGHTLINE_INGEST__FEEDS__PRIVATE_HOSTS=" ".join({urlsplit(feed).netloc for feed in feeds}),
            SIGHTLINE_INGEST__FEEDS__INTERVAL_S="2",
            SIGHTLINE_INGEST__FEEDS__HOST_INTERVAL_S="0",
        ),
        "processor": service(
            "processor",
            SIGHTLINE_EXTRACTION__ENTITIES="relevant",
            SIGHTLINE_PROCESSOR__HTTP__PORT=str(port),  # the same after a restart, for whoever scrapes it
        ),
        "alerts": service("alerts"),
        "notifier": notifier(installation, directory, config(receivers)),
    }


def _receivers(url: str, manager: str) -> list[dict[str, object]]:
    fields = {"events": ["opened", "updated", "resolved"]}
    return [
        webhook("case-system", f"{url}/cases", **fields),
        webhook("archive", f"{url}/archive", **fields),
        {
            "id": "alertmanager",
            "alertmanager": {"url": manager, "allow_private": True, "resend_interval": "2s", "expires_after": "1m"},
        },
    ]


def _answer(request: Request, number: int) -> Answer:
    """The case system is overloaded now and then, and the archive takes not everything."""
    if request.path == "/cases" and number % 5 == 0:
        return Answer(503)
    if request.path == "/archive" and number % 25 == 1:
        return Answer(422)
    return Answer()


@contextmanager
def _alertmanager(directory: Path) -> Iterator[str]:
    directory.mkdir()
    silent = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
    with run_alertmanager(find_alertmanager(), directory, silent) as address:
        yield address


class _QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
        pass


@contextmanager
def _feeds(directory: Path) -> Iterator[list[str]]:
    """Serve a feed, and yield its address and one where there is none."""
    directory.mkdir()
    text = "Alexander Lukashenko met Vladimir Putin after the European Union imposed sanctions on Belarus."
    (directory / "wire.xml").write_text(_FEED.format(title="Talks", text=text))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietFiles, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield [f"http://127.0.0.1:{server.server_port}/{name}" for name in ("wire.xml", "nothing.xml")]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
