"""The spans of one batch: one for each article in it, told of when the batch is committed, and else never."""

from dataclasses import dataclass, replace

from services.alerts.work import Work
from services.core.dead_letters import Received
from services.core.headers import TRACEPARENT, read_header
from services.core.logging import get_logger
from services.core.outputs import traced
from services.core.tracing import Span, Tracer, process

_log = get_logger(__name__)


@dataclass(slots=True)
class Begun:
    """A span, and what has come of its article so far."""

    span: Span
    article_id: str | None = None
    messages: int = 0
    events: int = 0
    written: int = 0
    failed: str | None = None


class BatchSpans:
    """Tells the messages of one article by their parent: the processor writes them all below one span of its own."""

    def __init__(self, tracer: Tracer, source: str, group: str) -> None:
        """Begin none yet.

        Args:
            tracer: Told of spans.
            source: Name of the topic that the batch comes from.
            group: Consumer group.
        """
        self._tracer = tracer
        self._source = source
        self._group = group
        self._by_parent: dict[str, Begun] = {}
        self._begun: list[Begun] = []

    def begin(self, received: Received | None) -> Begun:
        """Return the span of a message, which may have begun with another one; None: of the passing of time."""
        if received is None:
            return self._add(Begun(self._tracer.process(self._source, self._group, None, {})))
        parent = read_header(received.headers, TRACEPARENT)
        known = None if parent is None else self._by_parent.get(parent)
        if known is None:
            known = self._add(Begun(process(self._tracer, received, self._group)))
            if parent is not None:
                self._by_parent[parent] = known
        known.article_id = known.article_id or read_header(received.headers, "ce_subject")
        return known

    def note(self, begun: Begun, work: Work) -> Work:
        """Take note of what came of a message, and return it as part of the trace."""
        begun.messages += 1
        begun.events += len(work.alerts)
        begun.written += len(work.outputs)
        if work.failed is not None:  # a dead letter keeps the headers that it came with
            begun.failed = work.failed.value
            return work
        return replace(work, outputs=traced(work.outputs, begun.span.traceparent)) if work.outputs else work

    def finish(self) -> None:
        """Tell of those that have written something, in a line at debug too; most messages change nothing."""
        for begun in self._begun:
            if begun.written:
                about = {} if begun.article_id is None else {"sightline.article.id": begun.article_id}
                counts = {"messaging.batch.message_count": begun.messages, "sightline.alert_events": begun.events}
                begun.span.finish({**about, **counts}, error=begun.failed)
                _log.debug("worked_on", source=self._source, article_id=begun.article_id, events=begun.events)

    def _add(self, begun: Begun) -> Begun:
        self._begun.append(begun)
        return begun
