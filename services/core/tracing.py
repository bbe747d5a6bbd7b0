"""Spans: one for each article and hop, told to an OpenTelemetry collector where the settings name one.

A hop begins a span from the `traceparent` that came in; what it writes carries the span's own, so that the next hop's
span stands below it. A span is told of once its hop is done: what is given up and done again is a span of its own.
Attributes are named by OpenTelemetry's conventions for messaging, and hold ids and counts, never texts or addresses.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from services.core.dead_letters import Received
from services.core.errors import ConfigurationError
from services.core.extras import missing_extra
from services.core.headers import TRACEPARENT, continue_trace, read_header
from services.core.sections import TracingSettings

Attributes = Mapping[str, str | int]


class Span(Protocol):
    """One hop of one article."""

    @property
    def traceparent(self) -> str:
        """What goes on in the header of whatever the hop writes."""
        ...

    def finish(self, attributes: Attributes, *, error: str | None = None) -> None:
        """Say that the hop is done, what came of it, and the kind of failure if it failed; call it once or never."""


class Tracer(Protocol):
    """Begins spans. Safe to use from several threads; nothing here waits for anything."""

    def send(self, topic: str, parent: str | None) -> Span:
        """Begin the span of writing a message to a topic.

        Args:
            topic: Its name on the cluster.
            parent: The `traceparent` of what asked for it, if any.
        """
        ...

    def process(self, topic: str, group: str, parent: str | None, attributes: Attributes) -> Span:
        """Begin the span of working on a message from a topic.

        Args:
            topic: Its name on the cluster.
            group: Consumer group.
            parent: The message's `traceparent`, if any.
            attributes: What else is known already.
        """
        ...

    def close(self) -> None:
        """Tell of what is finished, but wait no longer than two seconds."""


class _Unexported:
    __slots__ = ("_own", "_parent")

    def __init__(self, parent: str | None) -> None:
        self._parent = parent
        self._own: str | None = None

    @property
    def traceparent(self) -> str:
        if self._own is None:
            self._own = continue_trace(self._parent)
        return self._own

    def finish(self, attributes: Attributes, *, error: str | None = None) -> None:
        """Tell nobody."""


class NoExport:
    """Hands traces on and tells nobody of spans: as it is where no collector is named."""

    def send(self, topic: str, parent: str | None) -> Span:  # noqa: ARG002 - see `Tracer`
        """See `Tracer`."""
        return _Unexported(parent)

    def process(self, topic: str, group: str, parent: str | None, attributes: Attributes) -> Span:  # noqa: ARG002
        """See `Tracer`."""
        return _Unexported(parent)

    def close(self) -> None:
        """See `Tracer`."""


NO_EXPORT: Tracer = NoExport()


@contextmanager
def tracing(settings: TracingSettings, *, service: str) -> Iterator[Tracer]:
    """Give the tracer that the settings ask for, and close it at the end.

    Args:
        settings: Where the collector is.
        service: Which service this is.

    Raises:
        ConfigurationError: A collector is named, and what speaks to it is not installed.
    """
    if settings.endpoint is None:
        yield NO_EXPORT
        return
    try:
        from services.core.span_export import SpanExport  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        if (told := missing_extra(error)) is None:
            raise
        msg = f"SIGHTLINE_TRACING__ENDPOINT is set, but {told}"
        raise ConfigurationError(msg) from error
    tracer = SpanExport(settings.endpoint, service)
    try:
        yield tracer
    finally:
        tracer.close()


def process(tracer: Tracer, received: Received, group: str) -> Span:
    """Begin the span of working on a message as it was received."""
    attributes: dict[str, str | int] = {
        "messaging.destination.partition.id": str(received.partition),
        "messaging.kafka.offset": received.offset,
    }
    return tracer.process(received.topic, group, read_header(received.headers, TRACEPARENT), attributes)
