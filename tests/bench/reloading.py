"""How long articles wait while a list of 300,000 names is loaded: a real processor on the embedded broker."""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas import Topic
from services.core.settings import KafkaSettings
from services.watchlist.actors_topic import write_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load
from tests.bench import cooccurrences, corpora, names
from tests.bench.alerting import RATE, Setup, as_message
from tests.bench.race import Bar
from tests.waiting import wait_until

_BEFORE_S, _LOADING_S = 20, 40
_LIST = "list"


def bars() -> Iterator[Bar]:
    """Print how long articles took before and while the list was loaded, and yield by how much more at most."""
    actors, corpus = names.listed(), corpora.reuters(RATE * (_BEFORE_S + _LOADING_S))
    if actors is None or corpus is None:
        sys.stdout.write(
            "Left out: loading while articles come, as there are no lists or no news beside the checkout.\n"
        )
        return
    with tempfile.TemporaryDirectory() as folder, Setup(Path(folder)) as setup:
        own = cooccurrences.watched()
        write_watchlist(setup.kafka, plan_load({}, {OWN: own}).changes)
        setup.start("processor")
        changes = plan_load({actor.id: actor for actor in own}, {_LIST: actors}).changes
        loading = threading.Timer(_BEFORE_S, write_watchlist, (setup.kafka, changes))
        loading.start()
        delays = _publish(setup.kafka, {each.id: as_message(each.id, each.text) for each in corpus.articles})
        loading.join()
    before, after = delays[RATE * 2 : RATE * _BEFORE_S], delays[RATE * _BEFORE_S :]  # the first two seconds warm it up
    sys.stdout.write(
        f"\n300,000 names loaded while {RATE} articles/s are read: an article takes {median(before) * 1000:.0f} ms, "
        f"at most {max(before) * 1000:.0f} ms before, and {median(after) * 1000:.0f} ms, "
        f"at most {max(after) * 1000:.0f} ms from then on\n"
    )
    yield Bar("longest wait for a list that is loaded, ms", (max(after) - max(before)) * 1000, at_most=200)


def _publish(kafka: KafkaSettings, values: Mapping[str, bytes]) -> list[float]:
    """Publish at the rate, and return the seconds from each article on its topic to its enriched article."""
    producer = KafkaProducer(bootstrap_servers=kafka.servers, acks="all", linger_ms=0)
    start = time.monotonic()
    for number, (name, value) in enumerate(values.items()):
        time.sleep(max(0.0, start + number / RATE - time.monotonic()))
        producer.send(Topic.ARTICLES.named(), value, key=name.encode())
    producer.flush(30)
    producer.close()
    begun = _times(kafka, Topic.ARTICLES, len(values))
    done = _times(kafka, Topic.ARTICLES_ENRICHED, len(values))
    return [(done[key] - at) / 1000 for key, at in sorted(begun.items(), key=lambda item: item[1])]


def _times(kafka: KafkaSettings, topic: Topic, wanted: int) -> dict[bytes, int]:
    """When the record with each key was made, in milliseconds."""
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers, isolation_level="read_committed")
    consumer.assign([TopicPartition(topic.named(), n) for n in consumer.partitions_for_topic(topic.named()) or ()])
    consumer.seek_to_beginning()
    times: dict[bytes, int] = {}

    def are_all_there() -> bool:
        for records in consumer.poll(timeout_ms=200).values():
            times.update((record.key, record.timestamp) for record in records)
        return len(times) >= wanted

    wait_until(are_all_there, deadline_s=60)
    consumer.close()
    return times
