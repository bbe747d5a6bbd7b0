"""Publish articles, and say that one is published only when the broker has acknowledged it."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self

from kafka import KafkaProducer
from kafka import errors as kafka_errors

from schemas import IdentifiedArticle, Reason, Topic
from services.core.clients import close_producer, create_producer
from services.core.cluster import require_cluster
from services.core.codec import encode
from services.core.diagnosis import explain
from services.core.errors import BrokerUnavailable, Unreadable
from services.core.headers import TRACEPARENT, Headers, event_headers
from services.core.settings import KafkaSettings
from services.core.tracing import NO_EXPORT, Span, Tracer
from services.ingest.items import Item, Rejected, rejected

_BESIDE_VALUE_BYTES = 2_048  # key, headers and the record's own framing
_IN_FLIGHT = 1_000
_CLOSE_S = 2.0
_SHORTEST_TIMEOUT_MS = 100  # kafka-python refuses a delivery timeout below its linger and request timeouts
_TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)


class Publisher(Protocol):
    """What the HTTP API and the feeds publish through."""

    def publish(
        self, articles: Sequence[IdentifiedArticle], *, traceparent: str | None = None
    ) -> list[Unreadable | None]:
        """Publish articles and wait until each is acknowledged.

        Returns:
            For each article None, or why the broker will never take it.

        Raises:
            BrokerUnavailable: At least one was not acknowledged in time. To send all of them again does no harm.
        """


class ArticleProducer:
    """Writes to the articles topic. Connects when first used; safe to use from several threads."""

    def __init__(self, kafka: KafkaSettings, *, ack_timeout_s: float, tracer: Tracer = NO_EXPORT) -> None:
        self._kafka = kafka
        self._tracer = tracer
        self._ack_timeout_s = ack_timeout_s
        self._topic = Topic.ARTICLES.named(kafka.topic_prefix)
        self._producer: KafkaProducer | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def publish(
        self, articles: Sequence[IdentifiedArticle], *, traceparent: str | None = None
    ) -> list[Unreadable | None]:
        """As `Publisher.publish`."""
        deadline = time.monotonic() + self._ack_timeout_s
        sent = [self._send(article, traceparent) for article in articles]
        return [self._outcome(each, deadline) for each in sent]

    def publish_stream(self, items: Iterable[Item]) -> Iterator[Item]:
        """Publish the articles of a stream of any length, many at a time.

        Yields:
            The items in their order, each article once it is acknowledged; what was rejected passes through.

        Raises:
            BrokerUnavailable: An article was not acknowledged in time; it and those after it have not been yielded.
        """
        waiting: deque[tuple[Item, _Sent | Unreadable | None]] = deque()
        for item in items:
            waiting.append((item, None if isinstance(item, Rejected) else self._send(item, None)))
            while waiting and (len(waiting) > _IN_FLIGHT or _is_settled(waiting[0][1])):
                yield self._settle(*waiting.popleft())
        while waiting:
            yield self._settle(*waiting.popleft())

    def close(self) -> None:
        """Give what is under way a few seconds to arrive, and disconnect."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            close_producer(producer, timeout_s=min(_CLOSE_S, self._ack_timeout_s))

    def _send(self, article: IdentifiedArticle, traceparent: str | None) -> "_Sent | Unreadable":
        value = encode(article)
        limit = self._kafka.max_message_bytes - _BESIDE_VALUE_BYTES
        if len(value) > limit:
            return Unreadable(Reason.OUTPUT_TOO_LARGE, f"as JSON it has {len(value):,} bytes; the limit is {limit:,}")
        producer = self._connected()
        span = self._tracer.send(self._topic, traceparent)
        try:
            headers = _headers(article, span.traceparent)
            future = producer.send(self._topic, value=value, key=article.id.encode(), headers=headers)
            return _Sent(producer, future, article.id, span)
        except kafka_errors.KafkaError as error:
            raise self._unavailable(producer, error) from error

    def _settle(self, item: Item, sent: "_Sent | Unreadable | None") -> Item:
        if isinstance(item, Rejected) or sent is None:
            return item
        problem = self._outcome(sent, time.monotonic() + self._ack_timeout_s)
        return item if problem is None else rejected(item.id, problem)

    def _outcome(self, sent: "_Sent | Unreadable", deadline: float) -> Unreadable | None:
        if isinstance(sent, Unreadable):
            return sent
        try:
            written = sent.future.get(timeout=max(0.0, deadline - time.monotonic()))
        except _TOO_LARGE as error:
            return Unreadable(Reason.OUTPUT_TOO_LARGE, f"the broker takes no message of this size: {error}")
        except kafka_errors.KafkaError as error:
            raise self._unavailable(sent.producer, error) from error
        sent.span.finish(
            {
                "messaging.destination.partition.id": str(written.partition),
                "messaging.kafka.offset": written.offset,
                "messaging.message.id": sent.article_id,
                "sightline.article.id": sent.article_id,
            }
        )
        return None

    def _unavailable(self, producer: KafkaProducer, error: kafka_errors.KafkaError) -> BrokerUnavailable:
        """Say what went wrong, and part with the producer.

        Once a request of an idempotent producer has timed out, it may time out for ever, the broker long being back.
        """
        with self._lock:
            is_current = self._producer is producer
            if is_current:
                self._producer = None
        if is_current:  # in the background, since others may still wait for what it has sent
            closing = partial(close_producer, producer, timeout_s=2 * self._ack_timeout_s)
            threading.Thread(target=closing, name="producer-close", daemon=True).start()
        if isinstance(error, kafka_errors.KafkaTimeoutError):
            return BrokerUnavailable(
                f"{self._kafka.bootstrap_servers} has not acknowledged within {self._ack_timeout_s:g} s"
            )
        return BrokerUnavailable(explain(error, self._kafka))

    def _connected(self) -> KafkaProducer:
        """Return the producer that all share; whoever comes first connects it, and the others wait no longer than that.

        Raises:
            BrokerUnavailable: Says what to check.
        """
        if not self._lock.acquire(timeout=self._ack_timeout_s):
            msg = f"{self._kafka.bootstrap_servers} has not answered within {self._ack_timeout_s:g} s"
            raise BrokerUnavailable(msg)
        try:
            if self._producer is None:
                require_cluster(self._kafka, [Topic.ARTICLES])  # says what to check; the client would only time out
                self._producer = self._connect()
        except kafka_errors.KafkaError as error:
            raise BrokerUnavailable(explain(error, self._kafka, connecting=True)) from error
        else:
            return self._producer
        finally:
            self._lock.release()

    def _connect(self) -> KafkaProducer:
        timeout_ms = max(round(self._ack_timeout_s * 1000), _SHORTEST_TIMEOUT_MS)
        return create_producer(
            self._kafka,
            bootstrap_timeout_ms=timeout_ms,
            max_block_ms=timeout_ms,
            # What a client has been told to send again must not arrive much later all the same.
            delivery_timeout_ms=timeout_ms,
            request_timeout_ms=timeout_ms // 2,
        )


@dataclass(frozen=True, slots=True)
class _Sent:
    """A record under way. Any: kafka-python has no types."""

    producer: KafkaProducer
    future: Any
    article_id: str
    span: Span


def _headers(article: IdentifiedArticle, traceparent: str) -> Headers:
    headers = event_headers(
        kind="article",
        source="ingest",
        event_id=article.id,
        subject=article.id,
        time=datetime.now(UTC),
    )
    return [*headers, (TRACEPARENT, traceparent.encode())]


def _is_settled(sent: _Sent | Unreadable | None) -> bool:
    return not isinstance(sent, _Sent) or bool(sent.future.is_done)
