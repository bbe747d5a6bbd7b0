"""Answer /metrics, /healthz and /readyz beside the API."""

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from services.core.health import Health


def add_status(api: FastAPI, registry: CollectorRegistry, health: Health) -> None:
    """Add the three addresses to an application."""

    @api.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse, tags=["status"])
    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": content_type})

    @api.get("/healthz", summary="Whether the service lives", response_class=PlainTextResponse, tags=["status"])
    async def healthz() -> PlainTextResponse:
        return _verdict(health.not_alive())

    @api.get("/readyz", summary="Whether articles are taken", response_class=PlainTextResponse, tags=["status"])
    async def readyz() -> PlainTextResponse:
        return _verdict(health.not_ready())


def _verdict(problem: str | None) -> PlainTextResponse:
    return PlainTextResponse(f"{problem or 'ok'}\n", 200 if problem is None else 503)
