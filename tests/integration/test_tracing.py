"""One trace from an HTTP request to a webhook, told to a real receiver of OTLP by the real services."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from kafka import KafkaProducer
from typer.testing import CliRunner

from schemas import Topic
from services.cli import dead_letters
from services.core.dead_letters import Received, read_dead_letter
from services.core.headers import read_header
from services.local.ports import choose_ports
from tests.integration.collector import PATH, Told, spans_of
from tests.integration.notifying import config, notifier, webhook
from tests.integration.receivers import Answer, HttpReceiver
from tests.integration.running import CHECKOUT, Installation, Service, numbered, wait_for

STUB = ("tests/integration/stub_processor.py",)
TEXT = "Alexander Lukashenko met Vladimir Putin in Minsk, a watermark."
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SERVICES = ("ingest", "processor", "alerts")
QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "100", "SIGHTLINE_INGEST__HTTP__PORT": "0"}


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    made = Installation(broker, fresh_name("tracing") + ".")
    made.load_watchlist()
    return made


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    """Takes spans and webhooks."""
    with HttpReceiver().running() as receiver:
        yield receiver


@pytest.fixture
def client(installation: Installation, http: HttpReceiver, tmp_path: Path) -> Iterator[httpx.Client]:
    """Speaks to ingest, behind which everything runs and tells of spans."""
    environment = QUICK | {"SIGHTLINE_TRACING__ENDPOINT": http.url}
    with ExitStack() as running:
        started = {
            name: running.enter_context(
                Service(["-m", f"services.{name}"], installation, tmp_path / f"{name}.log", **environment)
            )
            for name in SERVICES
        }
        said = config([webhook("desk", http.url + "/hook", max_attempts=3)])
        started["notifier"] = running.enter_context(notifier(installation, tmp_path, said, beside=environment))
        for service in started.values():
            service.wait_until_ready()
        address = f"http://127.0.0.1:{started['ingest'].port}"
        yield running.enter_context(httpx.Client(base_url=address, timeout=30))
        assert [service.stop() for service in started.values()] == [0] * len(started)


def post(client: httpx.Client, text: str, *, flags: str) -> None:
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-{flags}"}
    answer = client.post("/articles", json={"text": text, "title": "A watermark"}, headers=headers)
    assert answer.json()["accepted"] == 1


def of_trace(http: HttpReceiver, count: int) -> dict[str, Told]:
    """Return the spans of the trace by service, as soon as there are so many; there is one of each."""

    def found() -> list[Told]:
        return [span for span in spans_of(http) if span.trace_id == TRACE]

    wait_for(lambda: len(found()) >= count, f"{count} spans have arrived")
    by_service = {span.service.removeprefix("sightline-"): span for span in found()}
    assert len(by_service) == len(found())
    return by_service


def test_a_request_an_alert_and_a_webhook_are_one_trace(
    client: httpx.Client, installation: Installation, http: HttpReceiver
) -> None:
    # The first attempt fails: both are one delivery, and one span.
    http.decide = lambda request, number: Answer(503 if request.path == "/hook" and number == 1 else 200)
    post(client, TEXT, flags="01")
    spans = of_trace(http, 4)

    assert list(spans) == sorted(spans, key=["ingest", "processor", "alerts", "notifier"].index)
    assert [span.parent_id for span in spans.values()] == [CALLER, *[span.span_id for span in spans.values()][:-1]]
    topics = (Topic.ARTICLES, Topic.ARTICLES, Topic.ACTORS_COOCCURRENCES, Topic.ALERTS)
    for span, operation, topic in zip(spans.values(), ("send", *["process"] * 3), topics, strict=True):
        name = installation.named(topic)
        assert span.name == f"{operation} {name}"
        assert span.kind == ("PRODUCER" if operation == "send" else "CONSUMER")
        assert not span.failed
        assert span.took_ns > 0
        assert span.resource["service.namespace"] == "sightline"
        wanted = {
            "messaging.system": "kafka",
            "messaging.operation.name": operation,
            "messaging.operation.type": operation,
            "messaging.destination.name": name,
        }
        assert wanted.items() <= span.attributes.items()
        assert "messaging.kafka.offset" in span.attributes
        assert "atermark" not in json.dumps(span.attributes)
    assert spans["processor"].attributes["sightline.cooccurrences"] == 1
    assert spans["alerts"].attributes["sightline.alert_events"] == 1
    assert spans["notifier"].attributes["sightline.attempts"] == 2
    assert spans["notifier"].attributes["messaging.consumer.group.name"] == (
        installation.kafka.topic_prefix + "sightline-notifier-desk"
    )
    articles = {spans[name].attributes["sightline.article.id"] for name in SERVICES}
    assert len(articles) == 1

    # What is exported and what stands in the headers are the same.
    headers = {
        topic: read_header(installation.read(topic, 1)[0].headers, "traceparent")
        for topic in (Topic.ARTICLES, Topic.ARTICLES_ENRICHED, Topic.ACTORS_COOCCURRENCES, Topic.ALERTS)
    }
    writers = ("ingest", "processor", "processor", "alerts")
    assert list(headers.values()) == [spans[name].traceparent + "01" for name in writers]
    hooks = http.at("/hook")
    assert [hook.headers["traceparent"] for hook in hooks] == [spans["notifier"].traceparent + "01"] * 2
    assert {hook.json["traceparent"] for hook in hooks} == {headers[Topic.ALERTS]}
    notifications = installation.read(Topic.NOTIFICATIONS, 2)
    told = {read_header(record.headers, "traceparent") for record in notifications}
    assert told == {spans["notifier"].traceparent + "01"}


def test_a_correction_and_its_retraction_are_one_trace(
    client: httpx.Client, installation: Installation, http: HttpReceiver
) -> None:
    article = {"id": "corrected", "text": TEXT}
    client.post("/articles", json=article, headers={"traceparent": f"00-{'1' * 32}-{CALLER}-01"})
    wait_for(lambda: http.at("/hook"), "the webhook is called")
    client.post(
        "/articles",
        json=article | {"text": "Alexander Lukashenko met nobody."},
        headers={"traceparent": f"00-{TRACE}-{CALLER}-01"},
    )
    retraction = installation.read(Topic.ACTORS_COOCCURRENCES, 2)
    header = read_header(max(retraction, key=lambda record: record.timestamp).headers, "traceparent") or ""

    def correction() -> list[Told]:
        return [span for span in spans_of(http) if header.startswith(span.traceparent)]

    wait_for(correction, "its span has arrived")
    (span,) = correction()
    assert (span.service, span.trace_id) == ("sightline-alerts", TRACE)
    assert span.name == f"process {installation.named(Topic.ARTICLES_ENRICHED)}"
    assert (
        span.parent_id
        == {
            each.span_id for each in spans_of(http) if each.service == "sightline-processor" and each.trace_id == TRACE
        }.pop()
    )


def test_each_published_file_begins_a_trace(installation: Installation, http: HttpReceiver, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(3)]
    for file in files:
        file.write_text(f"Article {file.name}.")
    environment = {**os.environ, **installation.environment, "SIGHTLINE_TRACING__ENDPOINT": http.url}
    code = "import sys; from services.cli.app import main; sys.argv[0] = 'sightline'; main()"
    command = [sys.executable, "-c", code, "publish", *map(str, files)]
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, timeout=60)
    spans = spans_of(http)
    assert {(span.service, span.parent_id, span.kind) for span in spans} == {("sightline-publish", "", "PRODUCER")}
    headers = {read_header(record.headers, "traceparent") for record in installation.read(Topic.ARTICLES, 3)}
    assert {(header or "")[:-2] for header in headers} == {span.traceparent for span in spans}
    assert len({span.trace_id for span in spans}) == 3


def test_who_is_not_sampled_is_passed_on_but_not_told_of(
    client: httpx.Client, installation: Installation, http: HttpReceiver
) -> None:
    post(client, TEXT, flags="00")
    wait_for(lambda: http.at("/hook"), "the webhook is called")
    hook = http.at("/hook")[0].headers["traceparent"]
    assert hook.startswith(f"00-{TRACE}-")
    assert hook.endswith("-00")
    # The next one, which is sampled, comes behind it all the way.
    other = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    client.post("/articles", json={"text": "Xi Jinping met Kim Jong Un."}, headers={"traceparent": other})
    wait_for(lambda: {span.trace_id for span in spans_of(http)} >= {"1" * 32}, "the other one is told of")
    assert TRACE not in {span.trace_id for span in spans_of(http)}


def test_a_dead_letter_keeps_its_trace_and_goes_on_in_it_once_it_is_repaired(
    installation: Installation, http: HttpReceiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = f"00-{TRACE}-{CALLER}-01"
    with Service(STUB, installation, tmp_path / "log", **QUICK, SIGHTLINE_TRACING__ENDPOINT=http.url):
        producer = KafkaProducer(bootstrap_servers=installation.kafka.servers)
        topic = installation.named(Topic.ARTICLES)
        producer.send(topic, b'{"text": "cut', headers=[("traceparent", parent.encode())]).get(10)
        producer.close()
        span = of_trace(http, 1)["processor"]
        assert span.parent_id == CALLER
        assert span.failed
        assert span.attributes["error.type"] == "not_json"
        (record,) = installation.read(Topic.ARTICLES_DEAD_LETTER, 1)
        assert read_header(record.headers, "traceparent") == parent

        letter = read_dead_letter(Received(record.topic, 0, 0, record.key, record.value, tuple(record.headers)))
        file = tmp_path / "repaired.jsonl"
        file.write_text(letter.model_copy(update={"value": '{"text": "whole"}'}).model_dump_json(exclude_none=True))
        for name, value in installation.environment.items():
            monkeypatch.setenv(name, value)
        assert CliRunner().invoke(dead_letters.create_cli(), ["replay", str(file)]).exit_code == 0
        (record,) = installation.read(Topic.ARTICLES_ENRICHED, 1)
        assert (read_header(record.headers, "traceparent") or "").startswith(f"00-{TRACE}-")
        wait_for(lambda: len(spans_of(http)) == 2, "its span has arrived")
    assert {span.parent_id for span in spans_of(http)} == {CALLER}


@pytest.mark.parametrize("answer", ["refused", "silent", "failing"])
def test_a_collector_that_is_away_loses_and_delays_nothing(
    installation: Installation, http: HttpReceiver, tmp_path: Path, answer: str
) -> None:
    count = 3000
    http.decide = lambda _request, _number: Answer(503, delay_s=60 if answer == "silent" else 0)
    url = f"http://127.0.0.1:{choose_ports([0])[0]}" if answer == "refused" else http.url
    environment = QUICK | {"SIGHTLINE_TRACING__ENDPOINT": url, "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    with Service(STUB, installation, tmp_path / "log", **environment) as processor:
        processor.wait_until_ready()
        installation.produce(Topic.ARTICLES, numbered(b"Article %d." % number for number in range(count)))
        installation.read(Topic.ARTICLES_ENRICHED, count, deadline_s=20)
        wait_for(lambda: processor.metric("sightline_articles_enriched_total") == count, "all are counted")
        wait_for(lambda: "spans_not_exported" in processor.said, "it says so")
        assert bool(http.at(PATH)) is (answer != "refused")
        began = time.monotonic()
        assert processor.stop() == 0
        assert time.monotonic() - began < 6
        assert "Traceback" not in processor.said
        assert processor.said.count("spans_not_exported") == 1
    assert installation.committed(Topic.ARTICLES, "sightline-processor") == count


def test_without_a_collector_nothing_of_opentelemetrys_sdk_is_loaded(http: HttpReceiver) -> None:
    code = """
import sys
from services.core.sections import TracingSettings
from services.core.tracing import tracing
import services.alerts.app, services.alerts.notifier.app, services.ingest.app, services.processor.running
with tracing(TracingSettings(), service="ingest") as tracer:
    span = tracer.send("articles", None)
    assert span.traceparent == span.traceparent
    span.finish({})
assert not [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))]
"""
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True, timeout=60)
