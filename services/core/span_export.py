"""Spans to an OpenTelemetry collector, as OTLP over HTTP; loaded only where the settings name one.

What OpenTelemetry's own variables say (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`,
`OTEL_RESOURCE_ATTRIBUTES`, …) its SDK reads by itself.
"""

import threading
import time
import uuid
from collections.abc import Sequence
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from services.core.headers import continue_trace, format_traceparent, read_traceparent
from services.core.logging import get_logger
from services.core.tracing import Attributes, Span

_CLOSE_S = 2.0
_TELL_EVERY_S = 60.0
_log = get_logger(__name__)


class SpanExport:
    """A tracer whose spans a thread of the SDK exports in batches; when its queue is full, spans are dropped."""

    def __init__(self, endpoint: str, service: str) -> None:
        """Start the thread; nothing is sent before there are spans.

        Args:
            endpoint: Address of the collector, without the path of OTLP.
            service: Which service this is.
        """
        ours = {
            "service.namespace": "sightline",
            "service.name": f"sightline-{service}",
            "service.version": version("sightline"),
            "service.instance.id": str(uuid.uuid4()),
        }
        resource = Resource.create(ours).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(_Exporter(endpoint)))
        self._tracer = self._provider.get_tracer("sightline", version("sightline"))
        self._closing = threading.Thread(target=self._provider.shutdown, name="spans-close", daemon=True)

    def send(self, topic: str, parent: str | None) -> Span:
        """See `Tracer`."""
        return self._begin("send", SpanKind.PRODUCER, topic, parent, {})

    def process(self, topic: str, group: str, parent: str | None, attributes: Attributes) -> Span:
        """See `Tracer`."""
        known = {"messaging.consumer.group.name": group, **attributes}
        return self._begin("process", SpanKind.CONSUMER, topic, parent, known)

    def close(self) -> None:
        """See `Tracer`; the SDK itself would wait for half a minute. A second call does nothing."""
        if self._closing.ident is None:
            self._closing.start()
            self._closing.join(_CLOSE_S)

    def _begin(self, operation: str, kind: SpanKind, topic: str, parent: str | None, attributes: Attributes) -> Span:
        known = {
            "messaging.system": "kafka",
            "messaging.operation.name": operation,
            "messaging.operation.type": operation,
            "messaging.destination.name": topic,
            **attributes,
        }
        return _Span(self._tracer, f"{operation} {topic}", kind, parent, known)


class _Span:
    """Begins when it is made; the SDK hears of it when its id is needed, or else at the end."""

    __slots__ = ("_attributes", "_began_ns", "_kind", "_name", "_parent", "_started", "_traceparent", "_tracer")

    def __init__(
        self, tracer: trace.Tracer, name: str, kind: SpanKind, parent: str | None, attributes: Attributes
    ) -> None:
        self._tracer = tracer
        self._name = name
        self._kind = kind
        self._parent = parent
        self._attributes = attributes
        self._began_ns = time.time_ns()
        self._started: trace.Span | None = None
        self._traceparent = ""

    @property
    def traceparent(self) -> str:
        if not self._traceparent:
            context = self._start().get_span_context()
            known = read_traceparent(self._parent)
            span_id = trace.format_span_id(context.span_id)
            is_new = context.is_valid and (known is None or known.span_id != span_id)
            # Where the SDK is disabled by OTEL_SDK_DISABLED, its spans are nobody's or the parent itself.
            self._traceparent = (
                format_traceparent(trace.format_trace_id(context.trace_id), span_id, context.trace_flags)
                if is_new
                else continue_trace(self._parent)
            )
        return self._traceparent

    def finish(self, attributes: Attributes, *, error: str | None = None) -> None:
        span = self._start()
        span.set_attributes(attributes)
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def _start(self) -> trace.Span:
        if self._started is None:
            self._started = self._tracer.start_span(
                self._name,
                _context_of(self._parent),
                self._kind,
                self._attributes,
                start_time=self._began_ns,
            )
        return self._started


def _context_of(traceparent: str | None) -> Context:
    """Return the context of a parent elsewhere, or that of none: never that of whatever else runs in this thread."""
    parent = read_traceparent(traceparent)
    if parent is None:
        return Context()
    elsewhere = SpanContext(
        int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=TraceFlags(parent.flags)
    )
    return trace.set_span_in_context(NonRecordingSpan(elsewhere), Context())


class _Exporter(SpanExporter):
    """Says in one line, and not for every batch, that spans are lost: the SDK would tell of each attempt."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._inner = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")
        self._lost = 0
        self._tell_again_at = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._lost += len(spans)
            now = time.monotonic()
            if now >= self._tell_again_at:
                self._tell_again_at = now + _TELL_EVERY_S
                _log.warning("spans_not_exported", endpoint=self._endpoint, lost=self._lost)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()  # type: ignore[no-untyped-call]  # the SDK declares no result

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)
