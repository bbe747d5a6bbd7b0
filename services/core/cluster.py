"""Reach the cluster, say in one line what to check when that fails, and have the topics there."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient
from kafka import errors as kafka_errors
from kafka.admin import NewTopic

from schemas import Topic
from services.core.clients import create_admin
from services.core.diagnosis import ClientFailures, explain, require_listener
from services.core.errors import BrokerUnavailable
from services.core.health import Health
from services.core.logging import get_logger
from services.core.settings import KafkaSettings

_ANSWER_MS = 5_000
_FIRST_PAUSE_S = 0.25
_WATCH_INTERVAL_S = 3.0
_log = get_logger(__name__)


def require_cluster(kafka: KafkaSettings, topics: Iterable[Topic] = ()) -> None:
    """Check that the cluster answers us, and that the topics are there.

    Raises:
        BrokerUnavailable: Says what to check.
        ConfigurationError: The settings cannot be used.
    """
    with lend_admin(kafka) as admin:
        missing = {topic.named(kafka.topic_prefix) for topic in topics} - set(admin.list_topics())
    if missing:
        names = ", ".join(sorted(missing))
        hidden = f", or hidden from user {kafka.sasl_username!r}" if kafka.security_protocol.has_sasl else ""
        msg = (
            f"topics missing on {kafka.bootstrap_servers}{hidden}: {names}; create them with `sightline topics create`"
        )
        raise BrokerUnavailable(msg)


def create_topics(kafka: KafkaSettings, topics: Iterable[Topic] = tuple(Topic)) -> list[str]:
    """Create the topics that do not exist yet, and return their names.

    Raises:
        BrokerUnavailable: Says what to check.
    """
    with lend_admin(kafka) as admin:
        present = set(admin.list_topics())
        wanted = [_new_topic(topic, kafka) for topic in topics if topic.named(kafka.topic_prefix) not in present]
        if wanted:
            # Another service may be creating the same topics: what counts is that they are there in the end.
            created = admin.create_topics(wanted, raise_errors=False)
            _require_leave(kafka, created["topics"])
            admin.wait_for_topics([topic.name for topic in wanted])
    return [topic.name for topic in wanted]


def ensure_topics(kafka: KafkaSettings, topics: Iterable[Topic]) -> None:
    """Have the topics there: create them, or where creation is off, check for them.

    Raises:
        BrokerUnavailable: Says what to check.
    """
    topics = tuple(topics)
    if kafka.create_topics:
        create_topics(kafka, topics)
    require_cluster(kafka, topics)


def wait_for_cluster(kafka: KafkaSettings, topics: Iterable[Topic], health: Health, *, stop: threading.Event) -> bool:
    """Wait until the cluster answers and the topics are there, trying again with growing pauses.

    What is wrong is logged once, and reported to `health`, where it stands until somebody says that the broker is well.

    Returns:
        False if `stop` was set first.
    """
    topics = tuple(topics)
    pause_s, logged = _FIRST_PAUSE_S, ""
    while not stop.is_set():
        try:
            ensure_topics(kafka, topics)
        except BrokerUnavailable as error:
            problem = str(error)
            health.report("broker", problem)
            if problem != logged:
                _log.warning("cluster_unavailable", problem=problem, retry_max_s=kafka.retry_max_s)
                logged = problem
            stop.wait(pause_s)
            pause_s = min(pause_s * 2, kafka.retry_max_s)
        else:
            return True
    return False


def watch_cluster(kafka: KafkaSettings, health: Health, *, stop: threading.Event) -> threading.Thread:
    """Report to `health`, from a thread and every few seconds, whether the cluster answers; ends when `stop` is set."""

    def watch() -> None:
        while not stop.is_set():
            try:
                require_cluster(kafka)
            except BrokerUnavailable as problem:
                health.report("broker", str(problem))
            else:
                health.report("broker", None)
            stop.wait(_WATCH_INTERVAL_S)

    thread = threading.Thread(target=watch, name="cluster-watch", daemon=True)
    thread.start()
    return thread


@contextmanager
def lend_admin(kafka: KafkaSettings) -> Iterator[KafkaAdminClient]:
    """Lend an admin client; what goes wrong with it is a BrokerUnavailable that says what to check."""
    require_listener(kafka.servers)
    failures = ClientFailures()
    client_log = logging.getLogger("kafka.net")
    client_log.addHandler(failures)
    try:
        admin = create_admin(kafka, bootstrap_timeout_ms=_ANSWER_MS, request_timeout_ms=_ANSWER_MS)
        try:
            yield admin
        finally:
            admin.close()
    except kafka_errors.KafkaError as error:
        raise BrokerUnavailable(explain(failures.cause or error, kafka, connecting=True)) from error
    finally:
        client_log.removeHandler(failures)


def _require_leave(kafka: KafkaSettings, created: Iterable[Mapping[str, Any]]) -> None:
    """Check that nothing was forbidden: a topic that we may not see looks like one that is not there."""
    forbidden = kafka_errors.TopicAuthorizationFailedError.errno
    names = ", ".join(sorted(topic["name"] for topic in created if topic["error_code"] == forbidden))
    if names:
        msg = (
            f"{kafka.bootstrap_servers} neither shows nor lets user {kafka.sasl_username!r} create {names}: "
            "see `sightline topics acls`"
        )
        raise BrokerUnavailable(msg)


def _new_topic(topic: Topic, kafka: KafkaSettings) -> NewTopic:
    return NewTopic(
        topic.named(kafka.topic_prefix),
        num_partitions=kafka.partitions,
        replication_factor=kafka.replication_factor,
        topic_configs={**topic.config, "max.message.bytes": str(kafka.max_message_bytes)},
    )
