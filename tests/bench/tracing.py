"""What the export of spans costs: the same work with and without it, in turns, a receiver of OTLP beside it."""

import sys
import tempfile
import time
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
from tests.bench.alerting import Setup, as_message, rate
from tests.bench.race import Bar
from tests.integration.collector import spans_of
from tests.integration.receivers import HttpReceiver

_TURNS = 3
_ARTICLES = 2_000
_PAIRS = 20_000


def bars() -> Iterator[Bar]:
    """Yield how fast the processor and the alerts service are with the export, against without."""
    corpus = corpora.reuters(_ARTICLES)
    if corpus is None:
        sys.stdout.write("Left out: what the export of spans costs, as there is no news beside the checkout.\n")
        return
    values = [as_message(each.id, each.text) for each in corpus.articles]
    yield _compare("processor, articles/s", lambda **settings: _processed(values, **settings), at_least=0.9)
    pairs = [
        Output(each.topic, each.key, each.value, traced([each], continue_trace(None))[0].headers)
        for each in islice(cooccurrences.in_turn(_PAIRS), _PAIRS)
    ]
    # Every one of these becomes an alert in an article of its own, and so a span: no news is like that.
    yield _compare("alerts service, co-occurrences/s", lambda **settings: rate(pairs, **settings), at_least=0.5)


def _compare(what: str, measure: Callable[..., float], *, at_least: float) -> Bar:
    without, exported, told = [], [], 0
    for _ in range(_TURNS):
        without.append(measure())
        with HttpReceiver().running() as collector:
            exported.append(measure(SIGHTLINE_TRACING__ENDPOINT=collector.url))
            told = len(spans_of(collector))
    ratio = median(exported) / median(without)
    sys.stdout.write(
        f"\n{what}, without the export of spans: {', '.join(f'{each:,.0f}' for each in without)}; "
        f"with it: {', '.join(f'{each:,.0f}' for each in exported)} ({told:,} spans arrived); medians {ratio:.2f}\n"
    )
    return Bar(f"{what}, with the export of spans against without", ratio, at_least=at_least)


def _processed(values: Sequence[bytes], **settings: str) -> float:
    """Return articles a second, from the first enriched one to the last."""
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
        counts: list[tuple[float, int]] = []
        while not counts or counts[-1][1] < len(values):
            counts.append((time.monotonic(), sum(consumer.end_offsets(partitions).values())))
            time.sleep(0.1)
        consumer.close()
    (began, first), (ended, last) = next(each for each in counts if each[1] > 0), counts[-1]
    return (last - first) / (ended - began)
