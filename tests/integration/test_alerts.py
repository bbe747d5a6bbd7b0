"""The alerts service on a real broker: every alert exactly once, through repeats, crashes and restarts."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas import Alert, CoOccurrence, Topic
from services.alerts.rules import matching, read_rules
from services.core.codec import encode
from services.core.identity import alert_id, pair_key
from tests.conftest import CHECKOUT
from tests.integration.running import Installation, Service
from tests.unit.alerts.examples import cooccurrence
from tests.waiting import wait_until

RULES = read_rules(CHECKOUT / "seeds" / "rules.yaml")
COMMAND = ("-m", "services.alerts")


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    return Installation(broker, fresh_name("alerts") + ".")


def pairs(count: int) -> Iterator[CoOccurrence]:
    """Yield co-occurrences of a few pairs in many articles."""
    for number in range(count):
        yield cooccurrence(article=f"article-{number}", actors=(f"actor-{number % 7}", f"actor-{number % 7 + 10}"))


def messages(found: Iterator[CoOccurrence]) -> list[tuple[bytes | None, bytes | None]]:
    return [(pair_key([actor.actor_id for actor in each.actors]).encode(), encode(each)) for each in found]


def expected_ids(found: Iterator[CoOccurrence]) -> set[str]:
    return {
        alert_id(rule.id, [actor.actor_id for actor in each.actors], each.article.id)
        for each in found
        for rule in matching(RULES, each)
    }


def alert_ids(installation: Installation, count: int) -> list[str]:
    return [Alert.model_validate_json(r.value).id for r in installation.read(Topic.ALERTS, count)]


def test_repeats_and_a_restart_raise_no_alert_twice(installation: Installation, tmp_path: Path) -> None:
    wanted = expected_ids(pairs(50))
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        installation.produce(Topic.ACTORS_COOCCURRENCES, messages(pairs(50)))
        installation.produce(Topic.ACTORS_COOCCURRENCES, messages(pairs(50)))
        assert sorted(alert_ids(installation, len(wanted))) == sorted(wanted)
        wait_until(lambda: service.metric("sightline_alerts_suppressed_total") >= len(wanted), deadline_s=20)
        assert service.metric("sightline_cooccurrences_consumed_total") == 100
        assert service.stop() == 0
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        installation.produce(Topic.ACTORS_COOCCURRENCES, messages(pairs(60)))
        more = expected_ids(pairs(60))
        assert sorted(alert_ids(installation, len(more))) == sorted(more)
        assert service.stop() == 0


def test_each_alert_arrives_once_though_the_service_is_killed(installation: Installation, tmp_path: Path) -> None:
    count = 3000
    wanted = expected_ids(pairs(count))
    installation.produce(Topic.ACTORS_COOCCURRENCES, messages(pairs(count)))
    environment = {"SIGHTLINE_ALERTS__BATCH_SIZE": "50"}
    for _ in range(3):
        with Service(COMMAND, installation, tmp_path / "alerts.log", **environment) as service:
            service.wait_until_ready()
            before = service.metric('sightline_transactions_total{outcome="committed"}')
            wait_until(
                lambda service=service, before=before: (
                    service.metric(  # type: ignore[misc]  # bound early
                        'sightline_transactions_total{outcome="committed"}'
                    )
                    > before + 1
                ),
                deadline_s=30,
            )
            service.kill()
    with Service(COMMAND, installation, tmp_path / "alerts.log", **environment):
        assert sorted(alert_ids(installation, len(wanted))) == sorted(wanted)


def test_what_cannot_be_read_is_set_aside_and_the_next_is_processed(installation: Installation, tmp_path: Path) -> None:
    good = cooccurrence(article="good", actors=("a", "b"))
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        bad: list[tuple[bytes | None, bytes | None]] = [(b"k", b"{broken"), (b"\xff", b'{"id": 5}'), (b"n", None)]
        installation.produce(Topic.ACTORS_COOCCURRENCES, [*bad, *messages(iter([good]))])
        letters = installation.read(Topic.ACTORS_COOCCURRENCES.dead_letter, 3)
        assert sorted((r.key, r.value or b"") for r in letters) == [
            (b"k", b"{broken"),
            (b"n", b""),
            (b"\xff", b'{"id": 5}'),
        ]
        assert set(alert_ids(installation, 1)) == expected_ids(iter([good]))


def test_a_subscriber_that_is_not_ours_reads_the_alerts(installation: Installation, tmp_path: Path) -> None:
    with Service(COMMAND, installation, tmp_path / "alerts.log") as service:
        service.wait_until_ready()
        installation.produce(Topic.ACTORS_COOCCURRENCES, messages(pairs(1)))
        command = [sys.executable, "-m", "kafka.consumer", "-b", installation.kafka.servers[0]]
        options = ["-t", installation.named(Topic.ALERTS), "-C", "auto_offset_reset=earliest"]
        with subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        ) as subscriber:
            assert subscriber.stdout is not None
            try:
                alert = json.loads(subscriber.stdout.readline())
            finally:
                subscriber.kill()
    assert alert["id"] in expected_ids(pairs(1))
    assert alert["evidence"][0]["text"]
