"""The Faust app: `articles` in, the results of extraction out; everything is wired here and nothing decided."""

import logging
from functools import partial
from typing import Any

import faust
from aiokafka.errors import IllegalStateError

from schemas import Topic
from services.core.clients import HEARTBEAT_INTERVAL_MS, SESSION_TIMEOUT_MS, ssl_context
from services.core.health import Health
from services.core.metrics import ProcessorMetrics
from services.core.outputs import Output
from services.core.settings import KafkaSettings, Settings
from services.core.tracing import NO_EXPORT, Tracer, process
from services.processor.delivery import Acknowledgements, Delivery
from services.processor.thread import DaemonThread
from services.processor.work import Extractor, Reader

TOPICS = (
    Topic.ARTICLES,
    Topic.ARTICLES_ENRICHED,
    Topic.SANCTIONS_MENTIONS,
    Topic.ACTORS_COOCCURRENCES,
    Topic.ARTICLES_DEAD_LETTER,
    Topic.WATCHLIST_ACTORS,
)
_TICK_S = 1.0
_DRAIN_S = 2.0
_FOREVER_S = 10 * 365 * 86_400.0


class ProcessorApp(faust.App):
    """A Faust app that needs no directory, since it keeps no tables, and logs as Faust does."""

    logger = logging.getLogger("faust.app")

    async def on_first_start(self) -> None:
        """Create nothing, where Faust would create a data directory."""


def create_app(  # noqa: PLR0913 - the parts it joins
    settings: Settings,
    *,
    extractor: Extractor,
    reading: DaemonThread,
    metrics: ProcessorMetrics,
    health: Health,
    tracer: Tracer = NO_EXPORT,
) -> faust.App:
    """Return the app, ready to start. Create it inside the event loop that runs it.

    Args:
        settings: All settings.
        extractor: Reads an article.
        reading: The thread that does so.
        metrics: Counts.
        health: Told whether we are a member of the group, and that the loop goes round.
        tracer: Told of each message's span.

    Raises:
        ConfigurationError: A certificate cannot be read.
    """
    kafka = settings.kafka
    app = ProcessorApp(**_options(settings))
    raw: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    articles = app.topic(Topic.ARTICLES.named(kafka.topic_prefix), **raw)

    async def send(output: Output) -> Any:  # Any: aiokafka's future
        return await app.producer.send(
            output.topic.named(kafka.topic_prefix), output.key, output.value, None, None, output.headers
        )

    reader = Reader(
        extractor,
        max_text_bytes=settings.extraction.max_text_bytes,
        max_message_bytes=kafka.max_message_bytes,
    )
    acknowledgements = Acknowledgements(generation=lambda: app.consumer_generation_id)
    begin = partial(process, tracer, group=app.conf.id)
    slots = settings.processor.max_in_flight
    delivery = Delivery(reader, reading, send, acknowledgements, metrics, begin=begin, slots=slots)

    @app.agent(articles, name="processor")
    async def read(stream: Any) -> None:  # Any: the type that Faust declares for it has no `noack`
        async for event in stream.noack().events():
            await delivery.take(event)

    _report(app, delivery, acknowledgements, metrics, health)
    return app


def _report(
    app: faust.App, delivery: Delivery, acknowledgements: Acknowledgements, metrics: ProcessorMetrics, health: Health
) -> None:
    """Keep health and lag up to date, and let a stop wait for what is under way."""
    health.report("group", "waiting for partitions")

    async def on_assigned(*_: Any, **__: Any) -> None:
        acknowledgements.forget()
        metrics.lag.clear()
        health.report("group", None)

    async def on_revoked(*_: Any, **__: Any) -> None:
        acknowledgements.forget()
        metrics.lag.clear()
        health.report("group", "waiting for partitions")

    async def on_shutdown(*_: Any, **__: Any) -> None:
        await delivery.drain(patience_s=_DRAIN_S)

    async def beat() -> None:
        health.beat()

    async def measure_lag() -> None:
        for tp in app.consumer.assignment():
            position = acknowledgements.position.get(tp)
            if position is None:
                try:
                    position = await app.consumer.position(tp)
                except (AssertionError, IllegalStateError):
                    continue  # revoked since we looked; the next generation measures it
            end = app.consumer.highwater(tp)
            if position is not None and end is not None:
                metrics.lag.labels(tp.topic, str(tp.partition)).set(max(0, end - position))

    app.timer(_TICK_S)(beat)
    # A timer of its own: while the broker is away it waits, and that does not mean that we are stuck.
    app.timer(_TICK_S)(measure_lag)
    app.on_partitions_assigned.connect(on_assigned)
    app.on_partitions_revoked.connect(on_revoked)
    app.on_before_shutdown.connect(on_shutdown)


def _options(settings: Settings) -> dict[str, Any]:
    kafka = settings.kafka
    return {
        "id": kafka.topic_prefix + settings.processor.group,
        "broker": [f"kafka://{server}" for server in kafka.servers],
        "broker_client_id": "sightline-processor",
        "broker_credentials": _credentials(kafka),
        "broker_session_timeout": SESSION_TIMEOUT_MS / 1000,
        "broker_heartbeat_interval": HEARTBEAT_INTERVAL_MS / 1000,
        "broker_request_timeout": 30.0,
        "broker_max_poll_interval": 3600.0,  # one article may take long; heartbeats tell that we live
        "broker_commit_interval": 1.0,
        "consumer_auto_offset_reset": "earliest",
        "processing_guarantee": "at_least_once",
        "producer_acks": -1,
        "producer_linger": 0.005,
        "producer_max_batch_size": 131_072,
        "producer_max_request_size": kafka.max_message_bytes,
        "producer_request_timeout": 30.0,
        "stream_buffer_maxsize": 1024,
        # On a rebalance the work under way is not waited for: it may be waiting for the broker, and is done again.
        "stream_wait_empty": False,
        # Faust's watch over stalled streams raises false alarms on idle topics; health has its own.
        "stream_processing_timeout": _FOREVER_S,
        "broker_commit_livelock_soft_timeout": _FOREVER_S,
        "store": "memory://",
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "autodiscover": False,
        "web_enabled": False,
    }


def _credentials(kafka: KafkaSettings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    context = ssl_context(kafka)
    if kafka.security_protocol.has_sasl and kafka.sasl_password is not None:
        return faust.SASLCredentials(
            username=kafka.sasl_username,
            password=kafka.sasl_password.get_secret_value(),
            ssl_context=context,
            mechanism=kafka.sasl_mechanism.value,
        )
    return faust.SSLCredentials(context) if context is not None else None
