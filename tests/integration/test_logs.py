"""What the services log for real: lines of JSON, one for an article at most, and neither its text nor a secret."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas import Topic
from tests.integration.notifying import config, is_delivered, notifier, told, webhook
from tests.integration.receivers import HttpReceiver, MailServer
from tests.integration.running import Installation, Service, wait_for
from tests.integration.secure_broker import PASSWORD, SecureBroker, as_environment, run_secure_broker
from tests.unit.alerts.notifier.examples import SECRET

PROMISED = {"event", "level", "logger", "service", "timestamp"}
API_KEY, MAIL_PASSWORD, PATH_TOKEN = (secrets.token_urlsafe(24) for _ in range(3))
SECRETS = (API_KEY, MAIL_PASSWORD, PATH_TOKEN, PASSWORD, SECRET, SECRET.removeprefix("whsec_"))
WATERMARK = "zephyrquill"
# Two become alerts, one finds nothing, and the last two cannot be read.
ARTICLES = [
    {"id": "log-1", "title": f"A {WATERMARK}", "text": f"Alexander Lukashenko met Vladimir Putin, a {WATERMARK} said."},
    {"id": "log-2", "title": "Two", "text": f"Xi Jinping met Kim Jong Un in {WATERMARK.title()} Town."},
    {"id": "log-3", "title": WATERMARK.upper(), "text": f"Nobody meets nobody. {WATERMARK}"},
    {"id": "log-4", "title": "Four", "text": "Wrong.", "published_at": WATERMARK},
]
BROKEN = f'{{"text": "{WATERMARK} and cut'.encode()


@pytest.fixture(scope="module")
def secure_broker(jars: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    with run_secure_broker(jars, tmp_path_factory.mktemp("logging")) as running:
        yield running


@pytest.fixture
def installation(secure_broker: SecureBroker, fresh_name: Callable[[str], str]) -> Installation:
    made = Installation(secure_broker.plaintext.servers[0], fresh_name("logs") + ".")
    made.load_watchlist()
    return made


def run_all(secure_broker: SecureBroker, installation: Installation, folder: Path, level: str) -> dict[str, str]:
    """Run every service over the articles, and return what each has written."""
    environment = as_environment(secure_broker.plain) | {
        "SIGHTLINE_LOG__FORMAT": "json",
        "SIGHTLINE_LOG__LEVEL": level,
        "SIGHTLINE_INGEST__HTTP__PORT": "0",
        "SIGHTLINE_INGEST__API_KEY": API_KEY,
    }
    with ExitStack() as running:
        http = running.enter_context(HttpReceiver().running())
        mails = running.enter_context(MailServer(MAIL_PASSWORD).running())
        services = {
            name: running.enter_context(
                Service(["-m", f"services.{name}"], installation, folder / f"{name}.log", **environment)
            )
            for name in ("ingest", "processor", "alerts")
        }
        mail = f"mailto://user:{MAIL_PASSWORD}@127.0.0.1:{mails.port}?from=a@news.example&to=b@news.example"
        people = {"id": "people", "apprise": [f"{mail}&smtp=127.0.0.1&mode=insecure"], "allow_private": True}
        said = config([webhook("desk", f"{http.url}/{PATH_TOKEN}"), people])
        del environment["SIGHTLINE_LOG__LEVEL"]
        services["notifier"] = running.enter_context(
            notifier(installation, folder, said, log_level=level, beside=environment)
        )
        for service in services.values():
            service.wait_until_ready()
        publish(f"http://127.0.0.1:{services['ingest'].port}")
        installation.produce(Topic.ARTICLES, [(None, BROKEN)])
        told(installation, 4, is_delivered)
        installation.read(Topic.ARTICLES_ENRICHED, 3)
        installation.read(Topic.ARTICLES_DEAD_LETTER, 1)
        wait_for(lambda: services["processor"].metric("sightline_articles_enriched_total") == 3, "all are counted")
        assert {name: service.stop() for name, service in services.items()} == dict.fromkeys(services, 0)
        return {name: service.said for name, service in services.items()}


def publish(address: str) -> None:
    def send(key: str) -> httpx.Response:
        return httpx.post(f"{address}/articles", json=ARTICLES, headers={"X-API-Key": key}, timeout=30)

    assert send("wrong").status_code == 401
    answer = send(API_KEY).json()
    assert (answer["accepted"], answer["rejected"]) == (3, 1)


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_logs_hold_what_is_promised_and_nothing_else(
    secure_broker: SecureBroker, installation: Installation, tmp_path: Path, level: str
) -> None:
    written = run_all(secure_broker, installation, tmp_path, level)
    for service, text in written.items():
        lines = [json.loads(line) for line in text.splitlines()]
        assert lines
        assert all(line.keys() >= PROMISED for line in lines)
        assert {line["service"] for line in lines} == {service}
        assert WATERMARK not in text.lower()
        assert not [secret for secret in SECRETS if secret in text]
        assert_few(service, lines, level)


def assert_few(service: str, lines: list[dict[str, Any]], level: str) -> None:
    """At debug there is a line for each article, or for each delivery; else there is none."""
    articles = Counter(line["article_id"] for line in lines if "article_id" in line)
    about = [line for line in lines if {"article_id", "event_id", "offset", "origin"} & line.keys()]
    if level == "INFO":
        assert not about
        return
    assert {line["level"] for line in about} == {"debug"}
    if service == "notifier":
        deliveries = Counter((line["event_id"], line["receiver"]) for line in about)
        assert len(deliveries) == 4
        assert set(deliveries.values()) == {1}
        return
    found = {"ingest": {"log-1", "log-2", "log-3"}, "processor": {"log-1", "log-2", "log-3"}}
    assert set(articles) == found.get(service, {"log-1", "log-2"})
    assert set(articles.values()) == {1}
    # One more for what cannot be read: ingest rejects it, the processor sets it aside.
    assert len(about) - len(articles) == {"ingest": 1, "processor": 1}.get(service, 0)
