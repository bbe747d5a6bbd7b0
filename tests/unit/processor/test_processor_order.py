"""Results are written in the order of their messages, whatever makes the producer or the broker wait."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from faust.types import TP

from schemas import EnrichedArticle, IdentifiedArticle
from services.core.metrics import ProcessorMetrics
from services.core.outputs import Output
from services.core.tracing import NO_EXPORT, process
from services.processor.delivery import Acknowledgements, Delivery
from services.processor.thread import DaemonThread
from services.processor.work import Reader

MESSAGES = 6


class FindsNothing:
    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        return EnrichedArticle(article=article, extractor="test/1")


class SlowToBegin:
    """Takes the first message last, as a producer does that has to ask for a topic's partitions first."""

    def __init__(self) -> None:
        self.written: list[bytes | None] = []
        self._calls = 0

    async def send(self, output: Output) -> Awaitable[Any]:
        self._calls += 1
        if self._calls == 1:
            for _ in range(100):
                await asyncio.sleep(0)  # whoever is let in meanwhile is written before it
        self.written.append(output.value)
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


def event(offset: int) -> Any:
    message = SimpleNamespace(
        topic="articles", partition=0, tp=TP("articles", 0), offset=offset, generation_id=1, timestamp=1.0, key=None
    )
    message.value, message.headers = f"Article {offset}.".encode(), ()
    return cast("Any", SimpleNamespace(message=message, ack=lambda: None))  # all that is asked of Faust's events


async def written_by(producer: SlowToBegin) -> list[bytes | None]:
    reader = Reader(FindsNothing(), max_text_bytes=5_000, max_message_bytes=10_000)
    acknowledgements = Acknowledgements(generation=lambda: 1)
    begin = partial(process, NO_EXPORT, group="processor")
    reading, metrics = DaemonThread("reading"), ProcessorMetrics("articles")
    delivery = Delivery(reader, reading, producer.send, acknowledgements, metrics, begin=begin, slots=MESSAGES)
    for offset in range(MESSAGES):
        await delivery.take(event(offset))
    await delivery.drain(patience_s=10)
    reading.close()
    assert acknowledgements.position == {TP("articles", 0): MESSAGES}
    return producer.written


@pytest.mark.timeout(30)
def test_nobody_overtakes_a_message_that_the_producer_lets_wait() -> None:
    written = asyncio.run(written_by(SlowToBegin()))
    assert [f"Article {offset}." in (value or b"").decode() for offset, value in enumerate(written)] == [
        True
    ] * MESSAGES
