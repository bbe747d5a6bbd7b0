"""What the export of spans costs: the same work with and without it, in turns, a receiver of OTLP beside it.

Compared is the processor time of the service, which tells less of what else goes on in the machine than the rate.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas import Topic
from services.core.headers import continue_trace
from services.core.outputs import Output, traced
from services.watchlist.actors_topic import write_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load
from tests.bench import cooccurrences, corpora
from tests.bench.alerting import Setup, Speed, as_message, follow, rate
from tests.bench.race import Bar
from tests.integration.collector import spans_of
from tests.integration.receivers import HttpReceiver

_TURNS = 3
_ARTICLES = 1_000
_PAIRS = 20_000


def bars() -> Iterator[Bar]:
    """Yield how much more time the processor and the alerts service take with the export."""
    corpus = corpora.reuters(_ARTICLES)
    if corpus is None:
        sys.stdout.write("Left out: what the export of spans costs, as there is no news beside the checkout.\n")
        return
    values = [as_message(each.id, each.text) for each in corpus.articles]
    yield _compare("Processor, articles", lambda **settings: _processed(values, **settings), at_most=1.1)
    pairs = [
        Output(each.topic, each.key, each.value, traced([each], continue_trace(None))[0].headers)
        for each in islice(cooccurrences.in_turn(_PAIRS), _PAIRS)
    ]
    # Each is an article of its own, and each pair raises an event, and so a span, when it first meets.
    yield _compare("Alerts service, co-occurrences", lambda **settings: rate(pairs, **settings), at_most=1.5)


def _compare(what: str, measure: Callable[..., Speed], *, at_most: float) -> Bar:
    without: list[Speed] = []
    exported: list[Speed] = []
    told = 0
    for _ in range(_TURNS):
        without.append(measure())
        with HttpReceiver().running() as collector:
            exported.append(measure(SIGHTLINE_TRACING__ENDPOINT=collector.url))
            told = len(spans_of(collector))
    cost = median(each.worked_s for each in exported) / median(each.worked_s for each in without)
    sys.stdout.write(
        f"\n{what}, without and with the export of spans, in turns; {told:,} spans arrived\n"
        f"  a second           {_show(without, lambda each: f'{each.rate:,.0f}')}"
        f" | {_show(exported, lambda each: f'{each.rate:,.0f}')}\n"
        f"  processor ms each  {_show(without, lambda each: f'{each.worked_s * 1000:.3f}')}"
        f" | {_show(exported, lambda each: f'{each.worked_s * 1000:.3f}')}\n"
    )
    return Bar(f"{what}: processor time with the export of spans against without", cost, at_most=at_most)


def _show(speeds: list[Speed], write: Callable[[Speed], str]) -> str:
    return ", ".join(map(write, speeds))


def _processed(values: Sequence[bytes], **settings: str) -> Speed:
    """Return how fast a processor with these settings works off articles."""
    with tempfile.TemporaryDirectory() as folder, Setup(Path(folder)) as setup:
        write_watchlist(setup.kafka, plan_load({}, {OWN: cooccurrences.watched()}).changes)
        setup.start("processor", **settings)
        topic = Topic.ARTICLES_ENRICHED.named()
        consumer = KafkaConsumer(bootstrap_servers=setup.kafka.servers)
        partitions = [TopicPartition(topic, number) for number in range(setup.kafka.partitions)]
        producer = KafkaProducer(bootstrap_servers=setup.kafka.servers, acks=1, linger_ms=20)
        for number, value in enumerate(values):
            producer.send(Topic.ARTICLES.named(), value, key=str(number).encode())
        producer.flush(60)
        producer.close()
        speed = follow(setup, "processor", lambda: sum(consumer.end_offsets(partitions).values()), len(values))
        consumer.close()
    return speed
