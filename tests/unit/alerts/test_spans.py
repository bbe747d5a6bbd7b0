"""The spans of a batch: one for an article however many of its pairs there are, told of only at the end."""

from dataclasses import dataclass, field

from schemas import Reason, Topic
from services.alerts.spans import BatchSpans
from services.alerts.work import Work
from services.core.dead_letters import Received
from services.core.headers import read_header
from services.core.outputs import Output
from services.core.tracing import NO_EXPORT, Attributes, Span

ONE, OTHER = (f"00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333{n}-01" for n in range(2))


@dataclass
class Kept:
    """A span that keeps what it is told."""

    parent: str | None
    finished: list[tuple[Attributes, str | None]]

    def __post_init__(self) -> None:
        self._span = NO_EXPORT.send("", self.parent)

    @property
    def traceparent(self) -> str:
        return self._span.traceparent

    def finish(self, attributes: Attributes, *, error: str | None = None) -> None:
        self.finished.append((attributes, error))


@dataclass
class KeepsSpans:
    """A tracer that tells nobody but the test."""

    begun: list[str | None] = field(default_factory=list)
    finished: list[tuple[Attributes, str | None]] = field(default_factory=list)

    def send(self, topic: str, parent: str | None) -> Span:
        return self.process(topic, "", parent, {})

    def process(self, topic: str, group: str, parent: str | None, attributes: Attributes) -> Span:
        self.begun.append(parent)
        return Kept(parent, self.finished)

    def close(self) -> None:
        pass


def received(offset: int, parent: str | None) -> Received:
    headers = (("ce_subject", b"a-1"), *(() if parent is None else (("traceparent", parent.encode()),)))
    return Received("actors.cooccurrences", 0, offset, b"key", b"value", headers)


def output() -> Output:
    return Output(Topic.ALERTS, b"key", b"value", [("ce_id", b"ev-1")])


def test_the_pairs_of_one_article_are_one_span() -> None:
    tracer = KeepsSpans()
    spans = BatchSpans(tracer, "actors.cooccurrences", "alerts")
    works = [
        spans.note(spans.begin(received(n, parent)), Work((output(),))) for n, parent in enumerate([ONE, ONE, OTHER])
    ]
    nothing = spans.note(spans.begin(received(3, None)), Work())
    headers = [read_header(work.outputs[0].headers, "traceparent") for work in works]
    assert headers[0] == headers[1] != headers[2]
    assert tracer.begun == [ONE, OTHER, None]
    assert nothing.outputs == ()
    assert tracer.finished == []
    spans.finish()
    assert [told["messaging.batch.message_count"] for told, _ in tracer.finished] == [2, 1]
    assert {told["sightline.article.id"] for told, _ in tracer.finished} == {"a-1"}


def test_what_is_set_aside_keeps_its_headers_and_is_told_of_as_failed() -> None:
    tracer = KeepsSpans()
    spans = BatchSpans(tracer, "actors.cooccurrences", "alerts")
    work = Work((output(),), failed=Reason.NOT_JSON)
    assert spans.note(spans.begin(received(0, ONE)), work) is work
    spans.finish()
    assert [error for _, error in tracer.finished] == ["not_json"]


def test_what_time_brings_about_begins_a_trace() -> None:
    tracer = KeepsSpans()
    spans = BatchSpans(tracer, "actors.cooccurrences", "alerts")
    works = [spans.note(spans.begin(None), Work((output(),))) for _ in range(2)]
    first, second = (read_header(work.outputs[0].headers, "traceparent") or "" for work in works)
    assert first[:36] != second[:36]
