"""Ingest on a real broker: what is called accepted is on the topic, and what is not on the topic is not."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from kafka.consumer.fetcher import ConsumerRecord

from schemas import IdentifiedArticle, Reason, Topic
from services.core.errors import BrokerUnavailable
from services.core.headers import read_header
from services.core.settings import KafkaSettings
from services.ingest.items import Rejected
from services.ingest.producer import ArticleProducer
from services.local.broker import EmbeddedBroker
from services.local.ports import choose_ports
from tests.integration.running import CHECKOUT, DEADLINE_S, Installation, Service
from tests.waiting import wait_until

INGEST = ("-m", "services.ingest")
PUBLISH = [sys.executable, "-c", "import typer; from services.cli.publish import publish; typer.run(publish)"]
TRACE = "0af7651916cd43dd8448eb211c80319c"
SETTINGS = {"SIGHTLINE_INGEST__HTTP__PORT": "0", "SIGHTLINE_INGEST__ACK_TIMEOUT_S": "5"}


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    return Installation(broker, fresh_name("ingest") + ".")


@pytest.fixture
def client(installation: Installation, tmp_path: Path) -> Iterator[httpx.Client]:
    """Speaks to an ingest service that is ready."""
    with Service(INGEST, installation, tmp_path / "log", **SETTINGS) as service:
        service.wait_until_ready()
        with httpx.Client(base_url=address(service), timeout=30) as speaking:
            yield speaking
        assert service.stop() == 0
        assert "Traceback" not in service.said


def address(service: Service) -> str:
    assert service.status("/healthz")[0] == 200
    return "http://127.0.0.1:" + service.said.split("port=")[1].split()[0]


def articles(records: list[ConsumerRecord]) -> list[IdentifiedArticle]:
    return [IdentifiedArticle.model_validate_json(record.value) for record in records]


def publish(installation: Installation, *arguments: object, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PUBLISH, *map(str, arguments)],
        cwd=CHECKOUT,
        env={**installation.environment, **SETTINGS},
        input=given,
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )


def test_what_is_accepted_is_on_the_topic_with_key_id_and_headers(
    client: httpx.Client, installation: Installation
) -> None:
    sent = {"text": "Sanctions.", "url": "https://news.example/a?utm_source=feed", "title": "A"}
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    one = client.post("/articles", json=sent, headers=headers)
    again = client.post("/articles", json=sent | {"url": "http://NEWS.example/a"})
    assert (one.status_code, again.status_code) == (202, 202)
    [accepted] = one.json()["results"]
    assert again.json()["results"] == [accepted]
    first, second = installation.read(Topic.ARTICLES, 2)
    assert first.key == second.key == accepted["id"].encode()
    assert [article.id for article in articles([first, second])] == [accepted["id"]] * 2
    assert articles([first])[0].title == "A"
    assert read_header(first.headers, "ce_specversion") == "1.0"
    assert read_header(first.headers, "ce_type") == "sightline.article.v1"
    assert read_header(first.headers, "ce_id") == accepted["id"]
    assert read_header(first.headers, "ce_source") == "/sightline/ingest"
    assert (read_header(first.headers, "traceparent") or "").startswith(f"00-{TRACE}-")
    assert TRACE not in (read_header(second.headers, "traceparent") or TRACE)


def test_of_many_only_the_accepted_are_on_the_topic(client: httpx.Client, installation: Installation) -> None:
    body: list[object] = [{"text": f"Article {number}."} for number in range(200)]
    body[7] = {"text": " "}
    body[9] = {"text": "\ud800"}
    answer = client.post("/articles", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 207
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (198, 2)
    accepted = {result["id"] for result in answer.json()["results"] if result["status"] == "accepted"}
    assert {record.key.decode() for record in installation.read(Topic.ARTICLES, 198)} == accepted


def test_files_are_published_and_what_is_no_article_is_told(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text file.\n", "utf-8")
    (tmp_path / "b.jsonl").write_text('{"text": "A line."}\n{"text": 1}\n', "utf-8")
    done = publish(installation, tmp_path, "-", given=b"From standard input.")
    told = done.stderr.decode()
    assert done.returncode == 1, told
    assert f"rejected {tmp_path / 'b.jsonl'}: line 2: text" in told
    assert told.splitlines()[-1] == "accepted 3, rejected 1"
    texts = {article.text for article in articles(installation.read(Topic.ARTICLES, 3))}
    assert texts == {"A text file.\n", "A line.", "From standard input."}
    again = publish(installation, tmp_path / "a.txt")
    assert again.returncode == 0
    records = installation.read(Topic.ARTICLES, 4)
    assert len({record.key for record in records}) == 3


def test_a_dry_run_needs_no_broker_and_sends_nothing(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text file.", "utf-8")
    done = publish(installation, "--dry-run", tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert IdentifiedArticle.model_validate_json(done.stdout).text == "A text file."
    assert installation.read(Topic.ARTICLES, 0) == []


def test_a_stream_is_published_in_order_and_what_is_too_large_is_told(installation: Installation) -> None:
    small = installation.kafka.model_copy(update={"max_message_bytes": 5_000})
    given = [IdentifiedArticle(id=f"a-{number}", text="x" * (9_000 if number == 5 else 10)) for number in range(3_000)]
    with ArticleProducer(small, ack_timeout_s=30) as producer:
        outcomes = list(producer.publish_stream(given))
    assert [outcome.id for outcome in outcomes if isinstance(outcome, IdentifiedArticle)] == [
        article.id for article in given if article.id != "a-5"
    ]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, Rejected)]
    assert (refused.origin, refused.reason) == ("a-5", Reason.OUTPUT_TOO_LARGE)
    keys = [record.key.decode() for record in installation.read(Topic.ARTICLES, 2_999)]
    assert sorted(keys) == sorted(article.id for article in given if article.id != "a-5")


def test_without_a_broker_a_producer_says_what_to_check() -> None:
    [port] = choose_ports([0])
    kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}")
    with ArticleProducer(kafka, ack_timeout_s=0.5) as producer, pytest.raises(BrokerUnavailable, match=f"{port}"):
        producer.publish([IdentifiedArticle(id="a", text="x")])


@pytest.mark.timeout(240)
def test_a_broker_that_goes_away_and_comes_back(
    start_broker: Callable[..., EmbeddedBroker], fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    [port] = choose_ports([0])
    broker = start_broker(port=port)
    installation = Installation(broker.bootstrap_servers, fresh_name("ingest") + ".")
    broker.stop()
    texts = iter(range(1_000_000))
    accepted: set[str] = set()
    with Service(INGEST, installation, tmp_path / "log", **SETTINGS) as service:
        client = httpx.Client(base_url=address(service), timeout=30)

        def post() -> int:
            answer = client.post("/articles", json={"text": f"Article {next(texts)}."})
            if answer.status_code == 202:
                accepted.add(answer.json()["results"][0]["id"])
            else:
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            return answer.status_code

        def is_ready() -> bool:
            return service.status("/readyz")[0] == 200

        assert post() == 503
        assert not is_ready()
        broker.start()
        wait_until(is_ready, deadline_s=DEADLINE_S, told=lambda: service.said)
        wait_until(lambda: post() == 202, deadline_s=DEADLINE_S, told=lambda: service.said)
        broker.stop()
        assert post() == 503, "nobody has acknowledged"
        wait_until(lambda: not is_ready(), deadline_s=DEADLINE_S, told=lambda: service.said)
        assert service.status("/healthz")[0] == 200
        broker.start()
        wait_until(is_ready, deadline_s=DEADLINE_S, told=lambda: service.said)
        wait_until(lambda: post() == 202, deadline_s=DEADLINE_S, told=lambda: service.said)
        client.close()
        on_topic = {record.key.decode() for record in installation.read(Topic.ARTICLES, len(accepted))}
        assert accepted <= on_topic
        assert service.stop() == 0
        assert "Traceback" not in service.said
        assert "cluster_unavailable" in service.said


def test_a_taken_port_is_one_line(installation: Installation, tmp_path: Path) -> None:
    with Service(INGEST, installation, tmp_path / "log", **SETTINGS) as service:
        service.status("/healthz")
        port = service.said.split("port=")[1].split()[0]
        taken = {**SETTINGS, "SIGHTLINE_INGEST__HTTP__PORT": port}
        with Service(INGEST, installation, tmp_path / "other", **taken) as other:
            assert other.process.wait(DEADLINE_S) == 2
            assert other.said.splitlines()[-1].startswith(f"error: cannot listen on 127.0.0.1:{port}")


def test_a_broker_that_stands_still_for_a_while(
    start_broker: Callable[..., EmbeddedBroker], fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    broker = start_broker(data_dir=tmp_path / "still")
    installation = Installation(broker.bootstrap_servers, fresh_name("ingest") + ".")
    article = IdentifiedArticle(id="a", text="x")
    with ArticleProducer(installation.kafka, ack_timeout_s=2) as producer:
        assert producer.publish([article]) == [None]
        [java] = [
            process for process in processes_in(tmp_path / "still") if "java" in (process / "exe").readlink().name
        ]
        os.kill(int(java.name), signal.SIGSTOP)
        try:
            with pytest.raises(BrokerUnavailable, match="not acknowledged within 2 s"):
                producer.publish([article])
        finally:
            os.kill(int(java.name), signal.SIGCONT)

        def takes_articles() -> bool:
            try:
                return producer.publish([article]) == [None]
            except BrokerUnavailable:
                return False

        wait_until(takes_articles, deadline_s=DEADLINE_S)


def processes_in(folder: Path) -> list[Path]:
    """Return the processes (in /proc) that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == folder.resolve():
                found.append(process)
    return found
