"""What a client is told of each article, and that nothing is called accepted that was not published."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from schemas import Reason
from services.core.errors import Unreadable
from services.core.health import Health
from services.core.metrics import IngestMetrics
from services.core.settings import IngestSettings
from services.ingest.api import Intake, create_api
from tests.unit.ingest.doubles import Remembering

LIMIT = 1_000
JSON = {b"Content-Type": b"application/json"}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Send = Callable[..., httpx.Response]


@pytest.fixture
def intake(publisher: Remembering) -> Intake:
    settings = IngestSettings(max_articles_per_request=3, max_request_bytes=5_000)
    return Intake(publisher, Health(), IngestMetrics(), settings, LIMIT)


def send(
    intake: Intake, body: Any = None, *, path: str = "/articles", method: str = "POST", **headers: str | bytes
) -> Any:
    """Send one request; a dict or list is sent as JSON."""
    content = json.dumps(body).encode() if isinstance(body, dict | list) else body
    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    encoded = {name: value.encode() if isinstance(value, str) else value for name, value in named}

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(create_api(intake))
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            return await client.request(method, path, content=content, headers=JSON | encoded)

    return asyncio.run(once())


def test_one_article(intake: Intake, publisher: Remembering) -> None:
    answer = send(intake, {"text": "Sanctions.", "url": "https://News.example/a?utm_source=x"}, traceparent=TRACE)
    [article] = publisher.published
    assert answer.status_code == 202
    assert answer.json() == {"results": [{"status": "accepted", "id": article.id}], "accepted": 1, "rejected": 0}
    assert publisher.traceparents == [TRACE]
    again = send(intake, {"text": "Other words.", "url": "http://news.example/a"})
    assert again.json()["results"][0]["id"] == article.id


@pytest.mark.parametrize(
    ("content_type", "body", "texts"),
    [
        ("application/json", b'[{"text": "a"}, {"text": "b"}]', ["a", "b"]),
        ("application/json; charset=utf-8", b'{"text": "a"}', ["a"]),
        ("application/x-ndjson", b'{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        ("text/plain", b' {"text": "a"}\n', [' {"text": "a"}\n']),
        ("text/plain; charset=UTF-8", "Größe".encode(), ["Größe"]),
        ("application/x-www-form-urlencoded", b'{"text": "what curl -d sends"}', ["what curl -d sends"]),
    ],
)
def test_every_form_of_body(
    intake: Intake, publisher: Remembering, content_type: str, body: bytes, texts: list[str]
) -> None:
    answer = send(intake, body, Content_Type=content_type)
    assert answer.status_code == 202
    assert [article.text for article in publisher.published] == texts
    assert [result["id"] for result in answer.json()["results"]] == [article.id for article in publisher.published]


def test_of_many_each_is_answered_in_its_place(intake: Intake, publisher: Remembering) -> None:
    answer = send(intake, [{"text": "a"}, {"text": " "}, {"text": "c"}])
    results = answer.json()["results"]
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (207, 2, 1)
    assert [result["status"] for result in results] == ["accepted", "rejected", "accepted"]
    assert results[1]["reason"] == "empty_text"
    assert results[1]["message"].startswith("item 2: text is empty")


@pytest.mark.parametrize(
    ("body", "status", "reason", "named"),
    [
        (b"{", 400, "not_json", "not JSON"),
        (b"", 400, "not_json", "not JSON"),
        (b'{"text": "\xff"}', 400, "not_utf8", "byte 10 is 0xff"),
        (b'{"text": ""}', 422, "empty_text", "text is empty"),
        (b'{"title": "x"}', 422, "invalid_field", "text is missing"),
        (b'{"text": 7}', 422, "invalid_field", "text"),
        (b"7", 422, "invalid_field", "the value"),
        (b'{"text": "\\ud800"}', 422, "invalid_field", "text: not valid Unicode"),
        (b'{"text": "x", "published_at": "soon"}', 422, "invalid_field", "published_at"),
        (b'{"text": "x", "url": "' + b"u" * 4_097 + b'"}', 422, "invalid_field", "4096"),
        (b'{"text": "' + b"x" * (LIMIT + 1) + b'"}', 413, "text_too_large", "the limit is 1,000"),
    ],
)
def test_an_article_that_cannot_be_taken_is_told_why(  # noqa: PLR0917 - a table
    intake: Intake, publisher: Remembering, body: bytes, status: int, reason: str, named: str
) -> None:
    answer = send(intake, body)
    [result] = answer.json()["results"]
    assert (answer.status_code, result["reason"]) == (status, reason)
    assert named in result["message"]
    assert publisher.published == []
    labels = {"origin": "http", "reason": reason}
    assert intake.metrics.registry.get_sample_value("sightline_articles_rejected_total", labels) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status", "named"),
    [
        ([], {}, 422, "no article"),
        ([{"text": "x"}] * 4, {}, 413, "more than 3 articles"),
        (b"x" * 5_001, {}, 413, "5,000 bytes"),
        (b"<x/>", {"Content_Type": "application/xml"}, 415, "application/x-ndjson"),
        (b"x", {"Content_Encoding": "gzip"}, 415, "gzip"),
    ],
)
def test_a_request_that_cannot_be_taken_is_told_why(  # noqa: PLR0917 - as above
    intake: Intake, publisher: Remembering, body: Any, headers: dict[str, str], status: int, named: str
) -> None:
    answer = send(intake, body, **headers)
    assert answer.status_code == status
    assert named in answer.json()["detail"]
    assert publisher.published == []


def test_a_body_of_unsaid_length_is_read_no_further_than_the_limit(intake: Intake) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 1_000_000:
            taken += 1_000
            yield b"x" * 1_000

    answer = send(intake, endless(), Content_Type="text/plain")
    assert answer.status_code == 413
    assert taken <= 7_000


@pytest.mark.parametrize("given", [None, b"", b"wrong", b"s3cret2", "ключ".encode(), b"\xff"])
def test_the_key_is_asked_for(publisher: Remembering, intake: Intake, given: bytes | None) -> None:
    keyed = Intake(publisher, Health(), IngestMetrics(), IngestSettings(api_key=SecretStr("s3cret")), LIMIT)
    headers: dict[str, Any] = {} if given is None else {"X_API_Key": given}
    refused = send(keyed, {"text": "x"}, **headers)
    assert (refused.status_code, publisher.published) == (401, [])
    assert "X-API-Key" in refused.json()["detail"]
    assert send(keyed, {"text": "y"}, X_API_Key="s3cret").status_code == 202
    assert send(keyed, path="/metrics", method="GET").status_code == 200


def test_without_an_acknowledgement_nothing_is_accepted(intake: Intake, publisher: Remembering) -> None:
    publisher.away = True
    answer = send(intake, {"text": "x"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "not acknowledged" in answer.json()["detail"]
    assert intake.metrics.registry.get_sample_value("sightline_articles_published_total", {"origin": "http"}) == 0


def test_while_not_ready_nothing_is_tried(intake: Intake, publisher: Remembering) -> None:
    intake.health.report("broker", "nobody answers at kafka:9092")
    answer = send(intake, {"text": "x"})
    assert (answer.status_code, publisher.published) == (503, [])
    ready = send(intake, path="/readyz", method="GET")
    assert (ready.status_code, ready.text) == (503, "broker: nobody answers at kafka:9092\n")
    assert send(intake, path="/healthz", method="GET").status_code == 200
    intake.health.report("broker", None)
    assert send(intake, path="/readyz", method="GET").status_code == 200


def test_what_the_broker_will_never_take_is_rejected(intake: Intake, publisher: Remembering) -> None:
    refusal = Unreadable(Reason.OUTPUT_TOO_LARGE, "as JSON it has 9 bytes; the limit is 8")
    publisher.refuse = lambda article: refusal if article.text == "b" else None
    answer = send(intake, [{"text": "a"}, {"text": "b"}])
    assert answer.status_code == 207
    assert answer.json()["results"][1]["message"] == str(refusal)


def test_metrics_are_shown(intake: Intake) -> None:
    send(intake, {"text": "x"})
    shown = send(intake, path="/metrics", method="GET", Accept="text/plain").text
    assert 'sightline_articles_published_total{origin="http"} 1.0' in shown


def test_the_docs_load_nothing_from_elsewhere(intake: Intake) -> None:
    page = send(intake, path="/docs", method="GET")
    assert page.status_code == 200
    assert "POST /articles" in page.text
    assert "src=" not in page.text
    assert 'href="http' not in page.text


def test_the_description_says_what_a_body_is(intake: Intake) -> None:
    described = send(intake, path="/openapi.json", method="GET").json()
    operation = described["paths"]["/articles"]["post"]
    [one, many, _] = operation["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    assert one["required"] == ["text"]
    assert many["type"] == "array"
    assert {"202", "207", "401", "413", "422", "429", "503"} <= set(operation["responses"])
    assert "security" not in operation
    assert "#/$defs" not in json.dumps(described)


def test_a_key_is_described_where_one_is_asked_for(publisher: Remembering) -> None:
    keyed = Intake(publisher, Health(), IngestMetrics(), IngestSettings(api_key=SecretStr("s3cret")), LIMIT)
    described = send(keyed, path="/openapi.json", method="GET").json()
    assert described["paths"]["/articles"]["post"]["security"] == [{"APIKeyHeader": []}]
