"""Deliver what a message became, and acknowledge messages only then and only in order."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError
from faust.types import TP, EventT

from schemas import Reason
from services.core.dead_letters import Received
from services.core.headers import from_epoch_ms
from services.core.logging import get_logger
from services.core.metrics import ProcessorMetrics
from services.core.outputs import Output, too_large, traced
from services.core.tracing import Span
from services.processor.thread import DaemonThread
from services.processor.work import Reader, Work

# Begins the span of working on a message.
Begin = Callable[[Received], Span]
# Hands a message to the producer; what it returns is awaited until the broker has acknowledged the message.
Send = Callable[[Output], Awaitable[Awaitable[Any]]]

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 5.0
_TELL_EVERY_S = 10.0
_log = get_logger(__name__)


@dataclass(slots=True)
class _Ticket:
    event: EventT[bytes]
    done: bool = False


@dataclass(slots=True)
class Acknowledgements:
    """Acknowledges the events of each partition in the order in which they came.

    Faust commits past an event that is not acknowledged yet when the first one after it is; in order, it cannot.
    An event of an earlier generation of the group is never acknowledged: its partition may be somebody else's by now.
    """

    generation: Callable[[], int]
    position: dict[TP, int] = field(default_factory=dict)  # offset of the first one that is not acknowledged
    _waiting: dict[TP, deque[_Ticket]] = field(default_factory=lambda: defaultdict(deque))

    def add(self, event: EventT[bytes]) -> _Ticket:
        """Note that work on an event begins."""
        ticket = _Ticket(event)
        self._waiting[event.message.tp].append(ticket)
        self.position.setdefault(event.message.tp, event.message.offset)
        return ticket

    def finish(self, ticket: _Ticket) -> None:
        """Note that an event's results are written; acknowledge every event that waited for nothing else."""
        ticket.done = True
        tp = ticket.event.message.tp
        waiting = self._waiting[tp]
        while waiting and waiting[0].done:
            event = waiting.popleft().event
            if event.message.generation_id == self.generation():
                event.ack()
                self.position[tp] = event.message.offset + 1

    def forget(self) -> None:
        """Drop everything: after a rebalance Faust hands out again whatever was not committed."""
        self.position.clear()
        self._waiting.clear()


class Delivery:
    """Takes events one by one: read in a thread, results sent while the next ones are read.

    Reading has a thread of its own so that heartbeats go on during a long article.
    """

    def __init__(  # noqa: PLR0913 - the parts it joins
        self,
        reader: Reader,
        reading: DaemonThread,
        send: Send,
        acknowledgements: Acknowledgements,
        metrics: ProcessorMetrics,
        *,
        begin: Begin,
        slots: int,
    ) -> None:
        """Describe it.

        Args:
            reader: What turns a message into results.
            reading: The thread that it is done in.
            send: Hands a message to the producer.
            acknowledgements: Told when results are written.
            metrics: Counts.
            begin: Begins the span of working on a message.
            slots: Most messages whose results are not yet acknowledged.
        """
        self._reader = reader
        self._send = send
        self._acknowledgements = acknowledgements
        self._metrics = metrics
        self._begin = begin
        self._slots = asyncio.Semaphore(slots)
        self._thread = reading
        self._row = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._tell_again_at = 0.0
        self._tell_of_letters_at = 0.0
        self._set_aside_since = 0

    async def take(self, event: EventT[bytes]) -> None:
        """Read an event's message, and return as soon as its results are under way."""
        await self._slots.acquire()
        self._metrics.consumed.inc()
        ticket = self._acknowledgements.add(event)
        received = as_received(event)
        work, span = await self._thread.run(lambda: self._read(received, event))
        task = asyncio.create_task(self._finish(ticket, received, work, span))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, *, patience_s: float) -> None:
        """Wait for what is under way, and give up what is not written in time: it is done again after the restart."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience_s)
            for task in late:
                task.cancel()

    def _read(self, received: Received, event: EventT[bytes]) -> tuple[Work, Span]:
        span = self._begin(received)
        written_at = from_epoch_ms(round((event.message.timestamp or 0) * 1000))
        work = self._reader.read(received, written_at=written_at, now=datetime.now(UTC), timed=self._timed)
        if work.failed is None:  # a dead letter keeps the headers that it came with
            work = replace(work, outputs=traced(work.outputs, span.traceparent))
        return work, span

    def _timed(self, stage: str) -> Any:  # Any: prometheus_client's timer
        return self._metrics.stage_s.labels(stage).time()

    async def _finish(self, ticket: _Ticket, received: Received, work: Work, span: Span) -> None:
        started = time.perf_counter()
        try:
            await self._write(work.outputs)
        except _TooLarge as refused:
            work = await self._set_aside(received, refused.output)
        self._metrics.stage_s.labels("publish").observe(time.perf_counter() - started)
        self._count(received, work)
        _tell_of(received, work, span)
        self._acknowledgements.finish(ticket)
        self._slots.release()

    async def _set_aside(self, received: Received, refused: Output) -> Work:
        """Write the dead letter of a message whose result the broker takes in no size that we know of."""
        error = too_large(refused, self._reader.max_message_bytes)
        work = self._reader.set_aside(received, error, now=datetime.now(UTC))
        try:
            await self._write(work.outputs)
        except _TooLarge:
            work = self._reader.set_aside(received, error, now=datetime.now(UTC), with_value=False)
            await self._write(work.outputs)
        return work

    async def _write(self, outputs: tuple[Output, ...]) -> None:
        """Return when the broker has acknowledged all of them."""
        # In a row: the producer lets whoever comes just in time overtake those that wait for metadata or for room in
        # a batch, and alerts count the articles of a pair in the order in which they are written. The lock is fair.
        async with self._row:
            sent = [await self._hand_over(output) for output in outputs]
        await asyncio.gather(*(self._see_acknowledged(output, future) for output, future in sent))

    async def _hand_over(self, output: Output) -> tuple[Output, Awaitable[Any]]:
        """Return when the producer has it, and nothing that comes later can be written before it."""
        pauses = _pauses()
        while True:
            try:
                return output, await self._send(output)
            except (KafkaError, ProducerSendError) as error:
                self._tell(output, error)
            await asyncio.sleep(next(pauses))

    async def _see_acknowledged(self, output: Output, sent: Awaitable[Any]) -> None:
        """Send again until the broker has acknowledged it: its absence is no reason to give up an article."""
        pauses = _pauses()
        while True:
            try:
                await sent
            except (KafkaError, ProducerSendError) as error:
                self._tell(output, error)
            else:
                return
            await asyncio.sleep(next(pauses))
            async with self._row:
                _, sent = await self._hand_over(output)

    def _tell(self, output: Output, error: Exception) -> None:
        """Log a failure to send, but not for each of the many messages that wait for the same broker.

        Raises:
            _TooLarge: It is of no use to try again.
        """
        cause = error.__cause__ if isinstance(error, ProducerSendError) else error
        if isinstance(cause, MessageSizeTooLargeError):
            raise _TooLarge(output) from error
        now = time.monotonic()
        if now >= self._tell_again_at:
            self._tell_again_at = now + _TELL_EVERY_S
            _log.warning("send_failed", topic=output.topic.value, error=repr(cause), waiting=len(self._tasks))

    def _tell_of_dead_letters(self, reason: Reason) -> None:
        """Log that there are some, but not each: a topic of nothing else would fill the log."""
        self._set_aside_since += 1
        now = time.monotonic()
        if now >= self._tell_of_letters_at:
            self._tell_of_letters_at = now + _TELL_EVERY_S
            _log.warning("dead_letters", count=self._set_aside_since, last_reason=reason.value)
            self._set_aside_since = 0

    def _count(self, received: Received, work: Work) -> None:
        if work.failed is not None:
            self._metrics.dead_letters.labels(received.topic, work.failed.value).inc()
            self._tell_of_dead_letters(work.failed)
        if work.enriched is not None:
            self._metrics.enriched.inc()
            self._metrics.cooccurrences_left_out.inc(work.enriched.cooccurrences_left_out)
            self._metrics.sentences_unread.inc(work.enriched.sentences_unread)
            for mention in work.enriched.sanctions:
                self._metrics.mentions.labels(mention.measure.value, mention.status.value).inc()
            for pair in work.enriched.cooccurrences:
                self._metrics.cooccurrences.labels(pair.scope.value).inc()


def _tell_of(received: Received, work: Work, span: Span) -> None:
    """End the span, and log a line at debug: the one that there is for a message."""
    log = _log.bind(topic=received.topic, partition=received.partition, offset=received.offset)
    if work.enriched is None:
        reason = None if work.failed is None else work.failed.value
        span.finish({}, error=reason)
        log.debug("set_aside", reason=reason)
        return
    article, sanctions, pairs = work.enriched.article.id, work.enriched.sanctions, work.enriched.cooccurrences
    span.finish(
        {
            "sightline.article.id": article,
            "sightline.sanctions_mentions": len(sanctions),
            "sightline.cooccurrences": len(pairs),
        }
    )
    log.debug("processed", article_id=article, sanctions_mentions=len(sanctions), cooccurrences=len(pairs))


class _TooLarge(Exception):  # noqa: N818 - says what happened
    """The broker or the producer refuses a message for its size."""

    def __init__(self, output: Output) -> None:
        super().__init__(output.topic.value)
        self.output = output


def _pauses() -> Iterator[float]:
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


def as_received(event: EventT[bytes]) -> Received:
    """Return the message of an event, as it was received."""
    message = event.message
    headers: Any = message.headers or ()  # Any: Faust allows mappings too; those of Kafka's consumer are pairs
    return Received(message.topic, message.partition, message.offset, message.key, message.value, tuple(headers))
