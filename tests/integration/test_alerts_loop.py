"""The loop of the alerts service in this process, between two workers of its group."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import MemberToRemove

from services.alerts.alert_book import AlertBook, Limits
from services.alerts.episodes import Bounds
from services.alerts.loop import Place, TransactionalLoop
from services.alerts.rule_topic import load_rules
from services.alerts.work import Work
from services.core.cluster import create_topics
from services.core.dead_letters import Received
from services.core.health import Health
from services.core.metrics import AlertsMetrics
from tests.integration.running import Installation, Service, wait_for
from tests.integration.test_alerts import COMMAND, EACH, events, expected, publish_stories, stories
from tests.unit.alerts.test_spans import KeepsSpans


class InterruptedBook(AlertBook):
    """Something happens while it is at its first message."""

    def __init__(self, happen: Callable[[], None]) -> None:
        super().__init__(lambda: (EACH,), Limits(Bounds(), 1_000_000), lambda _key, _problem: None)
        self._happen: Callable[[], None] | None = happen

    def work_on(self, received: Received, written_at: datetime) -> Work:
        happen, self._happen = self._happen, None
        if happen is not None:
            happen()
        return super().work_on(received, written_at)


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    made = Installation(broker, fresh_name("loop") + ".")
    load_rules(made.kafka, [EACH])
    return made


def test_who_is_put_out_of_the_group_while_at_work_commits_nothing(installation: Installation, tmp_path: Path) -> None:
    wanted = expected(stories(20))
    group = f"{installation.kafka.topic_prefix}sightline-alerts"
    place = Place(group, f"{group}-one", batch_size=500, linger_ms=30, transaction_timeout_s=60)
    metrics, tracer = AlertsMetrics([]), KeepsSpans()
    stop = threading.Event()
    with ExitStack() as running:

        def lose_everything_to_another() -> None:
            with closing(KafkaAdminClient(bootstrap_servers=installation.kafka.servers)) as admin:
                member = loop._consumer.group_metadata().member_id
                admin.remove_group_members(group, [MemberToRemove(member_id=member)])
            wait_for(lambda: loop._consumer.group_metadata().generation_id < 0, "it notices")
            log = tmp_path / "other.log"
            running.enter_context(Service(COMMAND, installation, log, SIGHTLINE_ALERTS__INSTANCE="other"))
            assert events(installation, len(wanted)) == wanted

        publish_stories(installation, stories(20))
        loop = TransactionalLoop(
            installation.kafka, place, InterruptedBook(lose_everything_to_another), metrics, Health(), tracer=tracer
        )
        running.callback(loop.close)
        thread = threading.Thread(target=loop.run, args=[stop])
        running.callback(thread.join, 30)
        running.callback(stop.set)
        thread.start()
        aborted, committed = (metrics.transactions.labels(outcome)._value.get for outcome in ("aborted", "committed"))
        wait_for(lambda: aborted() or committed(), "its transaction ends", deadline_s=100)
        assert (aborted(), committed()) == (1, 0)
        assert tracer.begun
        assert tracer.finished == []
        assert events(installation, len(wanted)) == wanted


def test_who_is_given_no_partition_stands_by_and_is_ready(
    broker: str, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    installation = Installation(broker, fresh_name("standby") + ".", create=False)
    installation.kafka = installation.kafka.model_copy(update={"partitions": 1})
    create_topics(installation.kafka)
    load_rules(installation.kafka, [EACH])
    wanted = expected(stories(20))
    with ExitStack() as running:
        workers = [
            running.enter_context(Service(COMMAND, installation, tmp_path / name, SIGHTLINE_ALERTS__INSTANCE=name))
            for name in ("one", "other")
        ]
        for worker in workers:
            worker.wait_until_ready()
        publish_stories(installation, stories(20))
        assert events(installation, len(wanted)) == wanted
        assert [worker.stop() for worker in workers] == [0, 0]
