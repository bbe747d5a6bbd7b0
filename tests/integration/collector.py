"""What an OpenTelemetry collector is to us: an HTTP server that takes spans as OTLP."""

from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.integration.receivers import HttpReceiver

PATH = "/v1/traces"


@dataclass(frozen=True, slots=True)
class Told:
    """A span, as the collector was told of it; ids in hexadecimal digits."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    took_ns: int
    failed: bool
    attributes: dict[str, str | int]
    resource: dict[str, str | int]

    @property
    def traceparent(self) -> str:
        """What the header of whatever it wrote begins with: all but the flags."""
        return f"00-{self.trace_id}-{self.span_id}-"


def spans_of(receiver: HttpReceiver) -> list[Told]:
    """Return the spans that have arrived, oldest first."""
    found = []
    for request in receiver.at(PATH):
        said = ExportTraceServiceRequest.FromString(request.body)
        for resource in said.resource_spans:
            about = _attributes(resource.resource.attributes)
            found += [_told(span, about) for scope in resource.scope_spans for span in scope.spans]
    return found


def _told(span: Span, resource: dict[str, str | int]) -> Told:
    return Told(
        service=str(resource["service.name"]),
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        took_ns=span.end_time_unix_nano - span.start_time_unix_nano,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes=_attributes(span.attributes),
        resource=resource,
    )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, str | int]:
    return {
        pair.key: pair.value.int_value if pair.value.HasField("int_value") else pair.value.string_value
        for pair in pairs
    }
