"""Wire the ingest service: HTTP at once, the broker when it is there, feeds after it."""

import asyncio
import signal
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import uvicorn
from anyio.to_thread import run_sync
from fastapi import FastAPI

from schemas import Topic
from services.core.clients import connection_options
from services.core.cluster import wait_for_cluster, watch_cluster
from services.core.errors import ConfigurationError
from services.core.health import Health
from services.core.logging import get_logger
from services.core.metrics import IngestMetrics
from services.core.sections import HttpSettings
from services.core.settings import Settings
from services.core.status_server import show_readiness
from services.core.tracing import NO_EXPORT, Tracer
from services.ingest.api import Intake, create_api
from services.ingest.connections import MAX_HEADER_BYTES, create_protocol
from services.ingest.feeds.reader import FeedReader
from services.ingest.producer import ArticleProducer

_TOPICS = (Topic.ARTICLES,)
_GRACE_S = 3  # that requests under way are given when the service stops
_BACKLOG = 2048


@dataclass(slots=True)
class IngestApp:
    """The service's parts, and its HTTP application."""

    settings: Settings
    tracer: Tracer = NO_EXPORT
    address: str = ""
    health: Health = field(default_factory=Health)
    metrics: IngestMetrics = field(init=False)
    producer: ArticleProducer = field(init=False)
    api: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        ingest = self.settings.ingest
        self.metrics = IngestMetrics(prefix=self.settings.kafka.topic_prefix)
        show_readiness(self.metrics.registry, self.health)
        self.health.report("broker", "not reached yet")
        self.producer = ArticleProducer(self.settings.kafka, ack_timeout_s=ingest.ack_timeout_s, tracer=self.tracer)
        intake = Intake(self.producer, self.health, self.metrics, ingest, self.settings.extraction.max_text_bytes)
        self.api = create_api(intake, lifespan=self._running)

    @asynccontextmanager
    async def _running(self, _: FastAPI) -> AsyncIterator[None]:
        """Reach for the broker while the application runs, and follow the feeds once it is there."""
        stop = threading.Event()
        background = asyncio.create_task(self._work(stop))
        try:
            yield
        finally:
            stop.set()
            background.cancel()
            with suppress(asyncio.CancelledError):
                await background
            await run_sync(self.producer.close)

    async def _work(self, stop: threading.Event) -> None:
        if not await run_sync(self._wait_for_cluster, stop, abandon_on_cancel=True):
            return
        self.health.report("broker", None)
        get_logger(__name__).info("ready", http=self.address, broker=self.settings.kafka.bootstrap_servers)
        watch_cluster(self.settings.kafka, self.health, stop=stop)
        ingest = self.settings.ingest
        if ingest.feeds.urls:
            max_text_bytes = self.settings.extraction.max_text_bytes
            await FeedReader(ingest.feeds, self.producer, self.metrics, max_text_bytes).run()

    def _wait_for_cluster(self, stop: threading.Event) -> bool:
        return wait_for_cluster(self.settings.kafka, _TOPICS, self.health, stop=stop)


def create_app(settings: Settings, tracer: Tracer = NO_EXPORT) -> IngestApp:
    """Return the service, not yet running."""
    return IngestApp(settings, tracer)


def run(settings: Settings, tracer: Tracer = NO_EXPORT) -> None:
    """Serve until SIGTERM or SIGINT, then stop cleanly.

    Raises:
        ConfigurationError: The address cannot be listened on, or no cluster is named.
    """
    connection_options(settings.kafka)  # what cannot be used is said now, not by a service that is never ready
    app = create_app(settings, tracer)
    listener = _listen(settings.ingest.http)
    host, port = listener.getsockname()[:2]
    app.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    server = uvicorn.Server(_configure(app))
    _stop_on_signals(server)
    get_logger(__name__).info("status", host=host, port=port)
    with listener:
        server.run(sockets=[listener])


def _configure(app: IngestApp) -> uvicorn.Config:
    ingest = app.settings.ingest
    return uvicorn.Config(
        app.api,
        http=create_protocol(ingest),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(ingest.trusted_proxies),
        forwarded_allow_ips=ingest.trusted_proxies,
        limit_concurrency=ingest.max_connections,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        timeout_graceful_shutdown=_GRACE_S,
        lifespan="on",
    )


def _stop_on_signals(server: uvicorn.Server) -> None:
    """Uvicorn raises the signal that stopped it once more at its end; without this we would die of it."""

    def stop(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _listen(http: HttpSettings) -> socket.socket:
    """Take the port ourselves, so that `0` finds a free one and the log can name it."""
    try:
        family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
        return socket.create_server((http.host, http.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        msg = f"cannot listen on {http.host}:{http.port}: {error.strerror}; choose another SIGHTLINE_INGEST__HTTP__PORT"
        raise ConfigurationError(msg) from error
