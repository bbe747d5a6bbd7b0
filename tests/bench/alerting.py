"""How soon an article is an alert, and how much one alerts service takes: real services on the embedded broker."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from rich.console import Console

from schemas import Topic
from services.core.cluster import create_topics
from services.core.headers import ARTICLE_TIME, read_header
from services.core.outputs import Output
from services.core.settings import KafkaSettings, load_settings
from services.local.broker import EmbeddedBroker
from services.local.fetch import fetch_broker
from services.local.java import java_executable
from services.local.ports import choose_ports
from services.watchlist.actors_topic import write_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load
from tests.bench import cooccurrences, corpora
from tests.bench.race import Bar
from tests.conftest import CHECKOUT
from tests.waiting import wait_until

RATE = 20  # articles a second
_SECONDS = 60
_WARM_UP_S = 10
_MADE = 40_000


class Setup:
    """A broker with topics, and services beside it, until the end of a `with`."""

    def __init__(self, folder: Path, *, partitions: int = 4) -> None:
        self._folder = folder
        self._partitions = partitions
        self._started = ExitStack()
        self._processes: dict[str, int] = {}

    def __enter__(self) -> Self:
        jars = fetch_broker(load_settings(find_local=False).local, Console(quiet=True))
        broker = self._started.enter_context(EmbeddedBroker(jars, java_executable(), self._folder / "broker"))
        self.kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers, partitions=self._partitions)
        create_topics(self.kafka)
        return self

    def __exit__(self, *_: object) -> None:
        self._started.close()

    def start(self, service: str, **settings: str) -> str:
        """Start a service, and return where it answers as soon as it is ready."""
        (port,) = choose_ports([0])
        url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": self.kafka.servers[0],
            f"SIGHTLINE_{service.upper()}__HTTP__PORT": str(port),
            **settings,
        }
        log = self._started.enter_context((self._folder / f"{service}-{port}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", f"services.{service}"], cwd=CHECKOUT, env=environment, stdout=log, stderr=log
        )
        self._started.callback(_stop, process)
        self._processes[service] = process.pid
        wait_until(lambda: _answers(f"{url}/readyz"), deadline_s=180)
        return url

    def worked_s(self, service: str) -> float:
        """Return the processor time that a service has used so far, in seconds."""
        stat = Path(f"/proc/{self._processes[service]}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(15)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def latency() -> Iterator[Bar]:
    """Yield how long it takes from the article on its topic to the alert at a subscriber."""
    corpus = corpora.reuters(RATE * (_SECONDS + _WARM_UP_S))
    if corpus is None:
        sys.stdout.write("Left out: publish to alert, as there is no news beside the checkout.\n")
        return
    with tempfile.TemporaryDirectory() as folder, Setup(Path(folder)) as setup:
        write_watchlist(setup.kafka, plan_load({}, {OWN: cooccurrences.watched()}).changes)
        setup.start("processor")
        setup.start("alerts")
        taken = _publish_and_follow(setup.kafka, [as_message(each.id, each.text) for each in corpus.articles])
    cuts = quantiles(taken, n=100)
    sys.stdout.write(
        f"\nPublish to alert, {RATE} articles/s of Reuters-21578, broker, processor and alerts on this machine: "
        f"{len(taken)} events, "
        f"p50 {cuts[49] * 1000:.0f} ms, p90 {cuts[89] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms\n"
    )
    yield Bar("publish to alert, p50, ms", cuts[49] * 1000, at_most=150)
    yield Bar("publish to alert, p99, ms", cuts[98] * 1000, at_most=600)


def as_message(name: str, text: str) -> bytes:
    """Return an article as a producer would write it."""
    return json.dumps({"id": name, "text": text}).encode()


def _publish_and_follow(kafka: KafkaSettings, values: Sequence[bytes]) -> list[float]:
    taken: list[float] = []
    done = threading.Event()
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers, isolation_level="read_committed")
    topic = Topic.ALERTS.named()
    consumer.assign([TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()])
    consumer.seek_to_end()
    for partition in consumer.assignment():
        consumer.position(partition)
    began = time.time() + _WARM_UP_S

    def follow() -> None:
        while not done.is_set():
            for records in consumer.poll(timeout_ms=100).values():
                now = time.time()
                for record in records:
                    published = read_header(record.headers, ARTICLE_TIME)
                    if published and (at := datetime.fromisoformat(published).timestamp()) >= began:
                        taken.append(now - at)

    follower = threading.Thread(target=follow)
    follower.start()
    producer = KafkaProducer(bootstrap_servers=kafka.servers, acks="all", linger_ms=0)
    start = time.monotonic()
    for number, value in enumerate(values):
        time.sleep(max(0.0, start + number / RATE - time.monotonic()))
        producer.send(Topic.ARTICLES.named(), value, key=str(number).encode())
    producer.flush(30)
    producer.close()
    time.sleep(3)  # what is under way arrives in less, or is far beyond every bar
    done.set()
    follower.join()
    consumer.close()
    return taken


def throughput() -> Iterator[Bar]:
    """Yield how many co-occurrences a second one alerts service turns into alerts and state."""
    real = cooccurrences.from_news()
    if real is None:
        sys.stdout.write("Left out: co-occurrences of the news, as there is none beside the checkout.\n")
    else:
        found = rate(real).rate
        sys.stdout.write(
            f"\nAlerts service, {len(real):,} co-occurrences of Reuters-21578: {found:,.0f}/s in one process\n"
        )
        yield Bar("alerts service, co-occurrences/s", found, at_least=3000)
    found = rate(cooccurrences.in_turn(_MADE)).rate
    sys.stdout.write(f"Alerts service, another pair and another story each time: {found:,.0f}/s in one process\n")


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a service works off what waits for it: messages a second, and processor seconds for each of them."""

    rate: float
    worked_s: float


def follow(setup: Setup, service: str, count: Callable[[], int], wanted: int) -> Speed:
    """Return the speed between the first messages that are worked off and the last.

    Args:
        setup: Where the service runs.
        service: Which one.
        count: Tells how many are worked off.
        wanted: How many there are.
    """
    counts: list[tuple[float, float, int]] = []
    # Asked of the broker: to answer for its metrics ten times a second would take the service's own time.
    while not counts or counts[-1][2] < wanted:
        counts.append((time.monotonic(), setup.worked_s(service), count()))
        time.sleep(0.1)
    (began, worked, first), (ended, worked_at_end, last) = next(each for each in counts if each[2] > 0), counts[-1]
    return Speed((last - first) / max(ended - began, 1e-3), (worked_at_end - worked) / max(last - first, 1))


def rate(messages: Sequence[Output], **settings: str) -> Speed:
    """Return how fast an alerts service with these settings works off messages."""
    with tempfile.TemporaryDirectory() as folder, Setup(Path(folder)) as setup:
        producer = KafkaProducer(bootstrap_servers=setup.kafka.servers, acks=1, linger_ms=20, batch_size=262_144)
        for message in messages:
            producer.send(message.topic.named(), message.value, key=message.key, headers=message.headers)
        producer.flush(60)
        producer.close()
        setup.start("alerts", **settings)
        consumer = KafkaConsumer(
            bootstrap_servers=setup.kafka.servers, group_id=load_settings(find_local=False).alerts.group
        )
        partitions = [TopicPartition(Topic.ACTORS_COOCCURRENCES.named(), n) for n in range(setup.kafka.partitions)]
        speed = follow(
            setup, "alerts", lambda: sum(consumer.committed(each) or 0 for each in partitions), len(messages)
        )
        consumer.close()
    return speed
