"""The HTTP API: articles in, and for each the id under which it was published or the reason why it was not."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio.to_thread
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from schemas import Article
from services.core.errors import BrokerUnavailable
from services.core.headers import TRACEPARENT
from services.core.health import Health
from services.core.metrics import IngestMetrics
from services.core.settings import IngestSettings
from services.ingest import formats
from services.ingest.admission import create_admission
from services.ingest.answers import Answer, Problem, answer, status_of
from services.ingest.bodies import ORIGIN, TooMany, format_of_body, read_body
from services.ingest.connections import HeaderLimits
from services.ingest.docs_page import add_docs
from services.ingest.items import Format
from services.ingest.producer import Publisher
from services.ingest.publishing import publish_items
from services.ingest.status import add_status

_RETRY_AFTER_S = 5
_PUBLISHING_AT_ONCE = 64
_DESCRIPTION = """Publish news to Sightline.

An article needs nothing but a `text`. What is answered `accepted` has been acknowledged by the Kafka broker.
The same address or text always gets the same id, so to send an article again does no harm.
"""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Intake:
    """What the API works with."""

    publisher: Publisher
    health: Health
    metrics: IngestMetrics
    settings: IngestSettings
    max_text_bytes: int


def create_api(intake: Intake, *, lifespan: Lifespan | None = None) -> FastAPI:
    """Return the application: `POST /articles`, its description, metrics and health."""
    api = FastAPI(
        title="Sightline ingest",
        version=version("sightline"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere
        redoc_url=None,
    )
    threads = anyio.CapacityLimiter(_PUBLISHING_AT_ONCE)

    @api.post(
        "/articles",
        summary="Publish one or many articles",
        status_code=202,
        response_model=Answer,
        responses=_RESPONSES,
        openapi_extra={"requestBody": _request_body()},
        dependencies=[Depends(create_admission(intake.settings, intake.metrics))],
    )
    async def publish_articles(request: Request) -> JSONResponse:
        known = _require_format(request)
        raw = await _read_within(request, intake.settings)
        work = partial(_take, intake, raw, known, request.headers.get(TRACEPARENT))
        summary = await anyio.to_thread.run_sync(work, limiter=threads, abandon_on_cancel=True)
        return JSONResponse(summary.model_dump(mode="json"), status_of(summary))

    api.add_middleware(HeaderLimits)
    add_status(api, intake.metrics.registry, intake.health)
    add_docs(api)
    return api


def _take(intake: Intake, raw: bytes, known: Format, traceparent: str | None) -> Answer:
    """Read and publish one request's body; blocks until the broker has answered."""
    limit = intake.settings.max_articles_per_request
    try:
        items = read_body(raw, known, max_articles=limit, max_text_bytes=intake.max_text_bytes)
    except TooMany:
        raise HTTPException(413, f"more than {limit:,} articles, the limit of one request") from None
    if not items:
        raise HTTPException(422, "the request holds no article")
    problem = intake.health.not_ready()
    if problem is not None:
        raise _unavailable(problem)
    try:
        return answer(publish_items(intake.publisher, items, intake.metrics, kind=ORIGIN, traceparent=traceparent))
    except BrokerUnavailable as error:
        raise _unavailable(str(error)) from error


def _unavailable(problem: str) -> HTTPException:
    detail = f"nothing is known to be published, send it again: {problem}"
    return HTTPException(503, detail, headers={"Retry-After": str(_RETRY_AFTER_S)})


def _require_format(request: Request) -> Format:
    known = format_of_body(request.headers.get("content-type", ""))
    if known is None:
        raise HTTPException(415, f"Content-Type is none that is read: {', '.join(formats.all_media_types())}")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise HTTPException(415, f"Content-Encoding {encoding!r} is not read: send the body as it is")
    return known


async def _read_within(request: Request, settings: IngestSettings) -> bytes:
    """Return the body, and read no more of it than the limit: what it says of its length need not be true."""
    limit, patience_s = settings.max_request_bytes, settings.body_timeout_s
    too_large = HTTPException(413, f"the body is larger than {limit:,} bytes, the limit of one request")
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > limit:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(patience_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise too_large
    except TimeoutError:
        raise HTTPException(408, f"the body did not arrive within {patience_s:g} s") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body ended early") from None
    return bytes(body)


def _request_body() -> dict[str, Any]:
    article = _inlined(Article.model_json_schema())
    text = {"type": "string", "minLength": 1, "pattern": r"\S", "description": "An article that is nothing but a text."}
    many = {"type": "array", "items": {"anyOf": [article, text]}, "minItems": 1}
    content: dict[str, Any] = {name: {"schema": text} for name in formats.all_media_types()}
    return {"required": True, "content": content | {"application/json": {"schema": {"anyOf": [article, many, text]}}}}


def _inlined(schema: dict[str, Any]) -> Any:
    """Return a schema without references: those that pydantic makes lead nowhere from inside of another document."""
    definitions = schema.pop("$defs", {})

    def resolve(value: Any) -> Any:
        if isinstance(value, dict):
            reference = value.get("$ref")
            found = value if reference is None else definitions[reference.rpartition("/")[2]]
            return {name: resolve(part) for name, part in found.items()}
        return [resolve(part) for part in value] if isinstance(value, list) else value

    return resolve(schema)


_RESPONSES: dict[int | str, dict[str, Any]] = {
    207: {"model": Answer, "description": "Some accepted, some rejected"},
    400: {"model": Answer, "description": "Not JSON, or not UTF-8"},
    401: {"model": Problem, "description": "The API key is missing or wrong"},
    403: {"model": Problem, "description": "A web page, where no key is set"},
    408: {"model": Problem, "description": "The body did not arrive in time"},
    413: {"model": Answer | Problem, "description": "An article or the request is larger than its limit"},
    415: {"model": Problem, "description": "A content type that is not read"},
    422: {"model": Answer | Problem, "description": "None accepted"},
    429: {"model": Problem, "description": "Too many requests a minute; Retry-After says when to send it again"},
    431: {"model": Problem, "description": "Too many or too large headers"},
    503: {"model": Problem, "description": "The broker has not acknowledged in time; send it again"},
}
