"""The alerts service on a real broker: every event exactly once, through repeats, corrections, crashes and restarts."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaProducer

from schemas import (
    Alert,
    AlertState,
    ArticleRef,
    CoOccurrence,
    EnrichedArticle,
    IdentifiedArticle,
    Retraction,
    Rule,
    RuleRef,
    Topic,
)
from schemas.base import Message
from services.alerts.episodes import Bounds
from services.alerts.lifecycle import take, tick
from services.alerts.rule_topic import load_rules
from services.core.codec import encode
from services.core.headers import ARTICLE_TIME, format_time
from services.core.identity import content_version, pair_key
from tests.integration.running import Installation, Service, wait_for
from tests.unit.alerts.examples import cooccurrence

COMMAND = ("-m", "services.alerts")
# Long enough ago that everything below is over, and not so long that it is forgotten.
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
# Each story is told by itself: the events follow from the articles alone, whenever they are processed.
EACH = Rule(id="each", name="Each story", group_interval=timedelta(0), resolve_after=timedelta(minutes=2))


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    made = Installation(broker, fresh_name("alerts") + ".")
    load_rules(made.kafka, [EACH])
    return made


def stories(count: int, pairs: int = 7, *, first: int = 0) -> Iterator[tuple[CoOccurrence, datetime]]:
    """Yield co-occurrences of a few pairs in many articles, a minute apart, and at times three."""
    for number in range(first, first + count):
        arrived = START + timedelta(minutes=number // pairs * 2 + (number % 5 == 0))
        found = cooccurrence(f"article-{number}", (f"actor-{number % pairs}", f"actor-{number % pairs + 10}"))
        yield found.model_copy(update={"article": ArticleRef(id=f"article-{number}", published_at=arrived)}), arrived


def expected(found: Iterable[tuple[CoOccurrence, datetime]], rule: Rule = EACH) -> list[str]:
    """Return the events that follow by the lifecycle alone, and by the passing of time until now."""
    ref = RuleRef(id=rule.id, version=content_version(rule.model_dump_json()), content=rule)
    states: dict[tuple[str, ...], AlertState] = {}
    events: list[Alert] = []
    for each, arrived in found:
        ids = tuple(actor.actor_id for actor in each.actors)
        step = take(states.get(ids, AlertState()), ref, ids, each, arrived_at=arrived, bounds=Bounds())
        states[ids] = step.state
        events += step.events
    for state in states.values():
        events += tick(state, ref, now=datetime.now(UTC), bounds=Bounds()).events
    return sorted(event.model_dump_json() for event in events)


def publish(installation: Installation, topic: Topic, messages: Iterable[tuple[bytes, Message, datetime]]) -> None:
    """Write messages of articles that came to `articles` at these times, all at once: no time passes between."""
    producer = KafkaProducer(
        bootstrap_servers=installation.kafka.servers, acks="all", linger_ms=5, transactional_id=uuid4().hex
    )
    try:
        producer.init_transactions()
        producer.begin_transaction()
        for key, message, arrived in messages:
            headers = [(ARTICLE_TIME, format_time(arrived).encode())]
            producer.send(installation.named(topic), encode(message), key=key, headers=headers)
        producer.commit_transaction()
    finally:
        producer.close()


def publish_stories(installation: Installation, found: Iterable[tuple[CoOccurrence, datetime]]) -> None:
    publish(
        installation,
        Topic.ACTORS_COOCCURRENCES,
        ((pair_key([actor.actor_id for actor in each.actors]).encode(), each, arrived) for each, arrived in found),
    )


def events(installation: Installation, count: int) -> list[str]:
    return sorted((record.value or b"").decode() for record in installation.read(Topic.ALERTS, count))


def test_repeats_and_a_restart_raise_no_event_twice(installation: Installation, tmp_path: Path) -> None:
    wanted = expected(stories(50))
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        publish_stories(installation, stories(50))
        publish_stories(installation, stories(50))
        assert events(installation, len(wanted)) == wanted
        wait_for(lambda: service.metric("sightline_alerts_suppressed_total") >= 50, "repeats are counted")
        assert service.stop() == 0
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        publish_stories(installation, stories(50))
        publish_stories(installation, [stories_with_new_pair()])
        last = expected([stories_with_new_pair()])
        assert events(installation, len(wanted) + len(last)) == sorted([*wanted, *last])
        assert service.stop() == 0


def stories_with_new_pair() -> tuple[CoOccurrence, datetime]:
    found = cooccurrence("article-new", ("new-1", "new-2"))
    return found.model_copy(update={"article": ArticleRef(id="article-new", published_at=START)}), START


def test_each_event_arrives_once_though_two_workers_are_killed_in_turn(
    installation: Installation, tmp_path: Path
) -> None:
    # Hours apart: what is open at the end of a part is over when the next begins, whenever that is published.
    parts = [list(stories(1400, first=first)) for first in range(0, 4 * 1750, 1750)]
    wanted = expected(chain.from_iterable(parts))
    settings = {"SIGHTLINE_ALERTS__BATCH_SIZE": "20"}
    committed = 'sightline_transactions_total{outcome="committed"}'
    with ExitStack() as running:

        def start(name: str) -> Service:
            log = tmp_path / f"{name}.log"
            return running.enter_context(
                Service(COMMAND, installation, log, SIGHTLINE_ALERTS__INSTANCE=name, **settings)
            )

        workers = {name: start(name) for name in ("a", "b")}
        for name, part in zip(("a", "b", "a", "b"), parts, strict=True):
            workers[name].wait_until_ready()
            before = workers[name].metric(committed)
            publish_stories(installation, part)
            wait_for(lambda w=workers[name], b=before: w.metric(committed) > b, "works")  # type: ignore[misc]
            workers[name].kill()
            workers[name] = start(name)
        assert events(installation, len(wanted)) == wanted


def test_what_cannot_be_read_is_set_aside_and_the_next_is_processed(installation: Installation, tmp_path: Path) -> None:
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        bad: list[tuple[bytes | None, bytes | None]] = [(b"k", b"{broken"), (b"\xff", b'{"id": 5}'), (b"n", None)]
        installation.produce(Topic.ACTORS_COOCCURRENCES, bad)
        installation.produce(Topic.ARTICLES_ENRICHED, [(b"e", b"[]")])
        publish_stories(installation, stories(1))
        letters = installation.read(Topic.ACTORS_COOCCURRENCES.dead_letter, 3)
        assert sorted((r.key, r.value or b"") for r in letters) == [
            (b"k", b"{broken"),
            (b"n", b""),
            (b"\xff", b'{"id": 5}'),
        ]
        assert [r.value for r in installation.read(Topic.ARTICLES_ENRICHED.dead_letter, 1)] == [b"[]"]
        assert events(installation, 2) == expected(stories(1))


def test_a_state_that_cannot_be_read_is_set_aside_and_said(installation: Installation, tmp_path: Path) -> None:
    installation.produce(Topic.ALERTS_STATE, [(b"each|actor-0|actor-10", b"{poison"), (b"\xff\xfe", b"x")])
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        letters = installation.read(Topic.ALERTS_STATE.dead_letter, 2)
        assert {(r.key, r.value) for r in letters} == {(b"each|actor-0|actor-10", b"{poison"), (b"\xff\xfe", b"x")}
        publish_stories(installation, stories(1))
        assert events(installation, 2) == expected(stories(1))
        assert service.said.count("state_unreadable") == 2
        assert service.metric('sightline_alerts_unreadable_total{topic="alerts.state"}') == 2


def enriched(found: tuple[CoOccurrence, ...], name: str = "article-0") -> EnrichedArticle:
    return EnrichedArticle(article=IdentifiedArticle(id=name, text="Text."), cooccurrences=found, extractor="test/1")


def test_a_correction_that_no_longer_says_so_resolves_the_alert(installation: Installation, tmp_path: Path) -> None:
    load_rules(installation.kafka, [EACH.model_copy(update={"resolve_after": timedelta(days=30)})])
    ((found, arrived),) = stories(1)
    later = arrived + timedelta(minutes=1)
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        publish(installation, Topic.ARTICLES_ENRICHED, [(b"article-0", enriched((found,)), arrived)])
        publish_stories(installation, [(found, arrived)])
        installation.read(Topic.ALERTS, 1)
        publish(installation, Topic.ARTICLES_ENRICHED, [(b"article-0", enriched(()), later)])
        publish(installation, Topic.ARTICLES_ENRICHED, [(b"article-0", enriched((found,)), arrived)])
        told = [Alert.model_validate_json(r.value) for r in installation.read(Topic.ALERTS, 2)]
        assert [(alert.kind, alert.resolution) for alert in told] == [("opened", None), ("resolved", "corrected")]
        records = installation.read(Topic.ACTORS_COOCCURRENCES, 2)
        retraction = Retraction.model_validate_json(records[-1].value)
        assert (retraction.article_id, retraction.actor_ids) == ("article-0", ("actor-0", "actor-10"))


def test_rules_are_followed_while_the_service_runs(installation: Installation, tmp_path: Path) -> None:
    other = Rule(id="other", name="Other", resolve_after=timedelta(days=3650))
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        load_rules(installation.kafka, [other])
        wait_for(lambda: "in_force=['other']" in service.said, "the rule is in force")
        publish_stories(installation, stories(1))
        assert [Alert.model_validate_json(r.value).rule.id for r in installation.read(Topic.ALERTS, 1)] == ["other"]
        load_rules(installation.kafka, [])
        told = [Alert.model_validate_json(r.value) for r in installation.read(Topic.ALERTS, 2)]
        assert [(alert.rule.id, alert.resolution) for alert in told] == [("other", None), ("other", "rule_removed")]
        wait_for(lambda: "in_force=['same-sentence']" in service.said, "the default rule is in force")


def test_a_subscriber_that_is_not_ours_reads_the_alerts(installation: Installation, tmp_path: Path) -> None:
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        publish_stories(installation, stories(1))
        command = [sys.executable, "-m", "kafka.consumer", "-b", installation.kafka.servers[0]]
        options = ["-t", installation.named(Topic.ALERTS), "-C", "auto_offset_reset=earliest"]
        with subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        ) as subscriber:
            try:
                assert subscriber.stdout is not None
                line = subscriber.stdout.readline()
            finally:
                subscriber.kill()
        assert json.loads(line)["kind"] == "opened"
