"""What more of everything costs: processors, partitions, names, rules and state, with real services and broker."""

import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, islice
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas import DEFAULT_RULE, Actor, Rule, Topic
from services.alerts.alert_book import AlertBook, Limits
from services.alerts.episodes import Bounds
from services.alerts.rule_topic import load_rules
from services.core.dead_letters import Received
from services.core.outputs import Output
from services.core.settings import KafkaSettings, load_settings
from services.watchlist.actors_topic import write_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load
from tests.bench import cooccurrences, corpora, names
from tests.bench.alerting import Setup, as_message
from tests.bench.race import Bar

_ARTICLES, _WARM_UP, _COOCCURRENCES = 2_000, 200, 20_000
_STATE_ACTORS = 1_500  # of whom there are a good million pairs
_PARTITIONS = 4
_DEADLINE_S = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """How fast it goes with so many of what is varied.

    Attributes:
        varied: What.
        value: How many there are.
        rate: Messages a second, of all processes together.
        ready_s: From the start of the services until all are ready.
        resident_mb: Memory of one process after the work.
    """

    varied: str
    value: int
    rate: float
    ready_s: float
    resident_mb: float


def bars(written: Path | None) -> Iterator[Bar]:
    """Print what was measured, write it as JSON where a file is named, and yield the ratios."""
    corpus = corpora.reuters(_ARTICLES + _WARM_UP, step=7)
    if corpus is None:
        sys.stdout.write("Left out: scale, as there is no news beside the checkout.\n")
        return
    articles = [(each.id, as_message(each.id, each.text)) for each in corpus.articles]
    measured = []
    for each in chain(_processors(articles), _partitions(articles), _names(articles), _rules(), _states()):
        measured.append(each)
        sys.stdout.write(
            f"{each.varied:<11} {each.value:>9,}: {each.rate:>7,.0f}/s, ready after {each.ready_s:.0f} s, "
            f"{each.resident_mb:,.0f} MB\n"
        )
        sys.stdout.flush()
    if written is not None:
        written.write_text(json.dumps([asdict(each) for each in measured], indent=1) + "\n", "utf-8")
    for few, many in zip(measured[::2], measured[1::2], strict=True):
        what = f"{few.varied}: {many.value:,} against {few.value:,}, messages/s"
        yield Bar(what, many.rate / few.rate, at_least=1.7 if few.varied == "processors" else 0.8)


def _processors(articles: Sequence[tuple[str, bytes]]) -> Iterator[Measured]:
    for count in (1, 2):
        yield _process("processors", count, articles, processors=count)


def _partitions(articles: Sequence[tuple[str, bytes]]) -> Iterator[Measured]:
    for count in (4, 32):
        yield _process("partitions", count, articles, partitions=count)


def _names(articles: Sequence[tuple[str, bytes]]) -> Iterator[Measured]:
    yield _process("names", 60, articles)
    if (listed := names.listed()) is not None:
        yield _process("names", names.MANY, articles, listed)


def _process(
    varied: str,
    value: int,
    articles: Sequence[tuple[str, bytes]],
    actors: Iterable[Actor] = (),
    *,
    processors: int = 1,
    partitions: int = _PARTITIONS,
) -> Measured:
    """Measure how fast processors work through articles that lie there all at once."""
    with tempfile.TemporaryDirectory() as folder, Setup(Path(folder), partitions=partitions) as setup:
        own = names.seeds()
        write_watchlist(setup.kafka, plan_load({}, {OWN: own, "list": list(actors)}).changes)
        began = time.monotonic()
        urls = [setup.start("processor") for _ in range(processors)]
        ready_s = time.monotonic() - began
        warm_up = iter(articles[:_WARM_UP])
        sent = 0
        # Each has read some, so that each has its share of the partitions, and its models are warm.
        while not (sent >= _WARM_UP // 2 and all(_figure(url, "sightline_articles_enriched_total") for url in urls)):
            sent += _send(setup.kafka, islice(warm_up, 20))
            _wait_for(setup.kafka, Topic.ARTICLES, sent)
        work = articles[_WARM_UP:]
        began = time.monotonic()
        _send(setup.kafka, work)
        _wait_for(setup.kafka, Topic.ARTICLES, sent + len(work))
        took = time.monotonic() - began
        return Measured(varied, value, len(work) / took, ready_s, _memory_mb(urls[-1]))


def _rules() -> Iterator[Measured]:
    pairs = list(combinations(range(_STATE_ACTORS), 2))
    for count in (10, 10_000):
        few = [(f"actor-{n:03}", f"actor-{n + 1:03}") for n in range(10)]
        more = [(f"named-{first}", f"named-{second}") for first, second in pairs[: count - 10]]
        wanted = [_rule(number, pair) for number, pair in enumerate((*few, *more))]

        def load(kafka: KafkaSettings, rules: list[Rule] = wanted) -> None:
            load_rules(kafka, rules)

        yield _alert("rules", count, load)


def _rule(number: int, pair: tuple[str, str]) -> Rule:
    selectors = [{"ids": [actor]} for actor in pair]
    return Rule.model_validate({"id": f"rule-{number:05}", "name": "Two who are watched", "all_of": selectors})


def _states() -> Iterator[Measured]:
    """Alerts that are open already, of pairs of whom nothing more is heard."""
    for count in (10, 1_000_000):

        def open_alerts(kafka: KafkaSettings, count: int = count) -> None:
            _write(kafka, _open(count))

        yield _alert("open alerts", count, open_alerts)


def _open(count: int) -> Iterator[Output]:
    """Yield states of as many pairs, each as the service writes that of one pair, with other names."""
    first, second = "actor-000", "actor-001"
    limits = Limits(Bounds(), 1_000_000)
    book = AlertBook(lambda: (DEFAULT_RULE,), limits, lambda _, __: None)
    book.restore(0, {})
    message = next(each for each in cooccurrences.in_turn(1))
    now = datetime.now(UTC) - timedelta(minutes=1)
    book.work_on(Received(message.topic.value, 0, 0, message.key, message.value, tuple(message.headers)), now)
    (state,) = book.states()
    pairs = combinations((f"other-{number:04}" for number in range(_STATE_ACTORS)), 2)
    for number, names_of in enumerate(islice(pairs, count)):

        def rename(raw: bytes, new: tuple[str, str] = names_of) -> bytes:
            return raw.replace(first.encode(), new[0].encode()).replace(second.encode(), new[1].encode())

        headers = [(header, rename(content)) for header, content in state.headers]
        yield Output(Topic.ALERTS_STATE, rename(state.key or b""), rename(state.value or b""), headers, number % 4)


def _alert(varied: str, value: int, prepare: Callable[[KafkaSettings], None]) -> Measured:
    """Measure how fast one alerts service works through co-occurrences."""
    messages = cooccurrences.in_turn(_COOCCURRENCES)
    warm_up, work = messages[: len(messages) // 10], messages[len(messages) // 10 :]
    with tempfile.TemporaryDirectory() as folder, Setup(Path(folder), partitions=_PARTITIONS) as setup:
        prepare(setup.kafka)
        began = time.monotonic()
        url = setup.start("alerts")
        ready_s = time.monotonic() - began
        _write(setup.kafka, warm_up)
        _wait_for(setup.kafka, Topic.ACTORS_COOCCURRENCES, len(warm_up))
        began = time.monotonic()
        _write(setup.kafka, work)
        _wait_for(setup.kafka, Topic.ACTORS_COOCCURRENCES, len(messages))
        return Measured(varied, value, len(work) / (time.monotonic() - began), ready_s, _memory_mb(url))


def _send(kafka: KafkaSettings, articles: Iterable[tuple[str, bytes]]) -> int:
    return _write(kafka, (Output(Topic.ARTICLES, name.encode(), value, []) for name, value in articles))


def _write(kafka: KafkaSettings, outputs: Iterable[Output]) -> int:
    producer = KafkaProducer(bootstrap_servers=kafka.servers, acks=1, linger_ms=20, batch_size=262_144)
    count = 0
    for each in outputs:
        producer.send(each.topic.named(), each.value, key=each.key, headers=each.headers, partition=each.partition)
        count += 1
    producer.flush(120)
    producer.close()
    return count


def _wait_for(kafka: KafkaSettings, topic: Topic, count: int) -> None:
    """Return when the service of a topic has committed so many messages; the broker is asked, ten times a second."""
    settings = load_settings(find_local=False)
    group = settings.processor.group if topic is Topic.ARTICLES else settings.alerts.group
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers, group_id=group)
    try:
        partitions = [TopicPartition(topic.named(), number) for number in range(kafka.partitions)]
        deadline = time.monotonic() + _DEADLINE_S
        while sum(consumer.committed(each) or 0 for each in partitions) < count:
            assert time.monotonic() < deadline, f"{count} messages of {topic} were not worked on in {_DEADLINE_S} s"
            time.sleep(0.1)
    finally:
        consumer.close()


def _figure(url: str, name: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)


def _memory_mb(url: str) -> float:
    return _figure(url, "process_resident_memory_bytes") / 1e6
