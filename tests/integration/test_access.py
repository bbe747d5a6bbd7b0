"""Each service with a user of its own and the rights of `schemas/access.py`: they suffice, and no others are there."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import (
    GroupAuthorizationFailedError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from schemas import Alert, Retraction, Topic
from schemas.access import Role
from services.core.access import apply_grants, list_grants
from services.core.clients import create_admin, create_consumer, create_producer
from services.core.cluster import create_topics, require_cluster
from services.core.errors import BrokerUnavailable
from services.core.settings import KafkaSettings, Settings
from tests.integration.notifying import config, is_delivered, notifier, told, webhook
from tests.integration.receivers import HttpReceiver
from tests.integration.running import CHECKOUT, DEADLINE_S, Installation, Service, wait_for
from tests.integration.secure_broker import AUTHORIZER, SecureBroker, as_environment, run_secure_broker

PREFIX = "locked."
TRIED = "tried."  # an installation of its own for what is refused: its topics hold a word each
DEAD_LETTERS = [topic for topic in Topic if topic.is_dead_letter]
PRINCIPAL = "User:sightline-{role}"
SERVICES = (Role.INGEST, Role.PROCESSOR, Role.ALERTS)
FIRST = "Alexander Lukashenko met Vladimir Putin after the European Union imposed sanctions on Belarus."
CORRECTED = "Alexander Lukashenko met nobody after the European Union imposed sanctions on Belarus."


@dataclass(frozen=True)
class Locked:
    """A broker with users and rights, on which the operator has made the topics."""

    broker: SecureBroker
    installation: Installation  # through the plaintext listener, where everything is allowed

    def kafka(self, role: Role) -> KafkaSettings:
        given = {"topic_prefix": TRIED, "partitions": 1}
        return self.broker.scram_as(f"sightline-{role}").model_copy(update=given)

    def environment(self, role: Role) -> dict[str, str]:
        known = as_environment(self.broker.scram_as(f"sightline-{role}"))
        created = "true" if role is Role.OPERATOR else "false"
        return {**known, "SIGHTLINE_KAFKA__CREATE_TOPICS": created}

    def run(self, role: Role, *arguments: str) -> str:
        """Run a command as a role, and return what it prints."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("sightline")), *arguments],
            env={**os.environ, **self.installation.environment, **self.environment(role)},
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def locked(jars: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    users = {f"sightline-{role}": f"password-of-{role}" for role in Role}
    directory = tmp_path_factory.mktemp("locked")
    with run_secure_broker(jars, directory, users=users, properties=AUTHORIZER) as broker:
        for prefix in (PREFIX, TRIED):
            granted = list(list_grants(_settings(prefix), tuple(Role), PRINCIPAL))
            assert apply_grants(broker.plaintext, granted) == len(granted)
        installation = Installation(broker.plaintext.servers[0], PREFIX, create=False)
        locked = Locked(broker, installation)
        assert locked.run(Role.OPERATOR, "topics", "create").count("created") == len(Topic)
        yield locked


def _settings(prefix: str) -> Settings:
    return Settings(_env_file=None, kafka=KafkaSettings(topic_prefix=prefix))


@pytest.fixture(scope="module")
def tried(locked: Locked) -> Locked:
    """The same broker, with a record in each topic of the other installation."""
    create_topics(locked.kafka(Role.OPERATOR))
    plain = locked.broker.plaintext.model_copy(update={"topic_prefix": TRIED, "partitions": 1})
    with closing(create_producer(plain)) as producer:
        for topic in Topic:
            producer.send(topic.named(TRIED), b"word", key=b"key").get(timeout=DEADLINE_S)
    return locked


def post(ingest: Service, article: Mapping[str, str]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{ingest.port}/articles", json.dumps(article).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["accepted"] == 1


def test_an_article_becomes_a_notification(locked: Locked, tmp_path: Path) -> None:
    here = locked.installation
    locked.run(Role.OPERATOR, "watchlist", "load", "seeds/watchlist.yaml")
    locked.run(Role.OPERATOR, "rules", "load", "seeds/rules.yaml")
    with ExitStack() as stack:
        http = stack.enter_context(HttpReceiver().running())
        services = [
            stack.enter_context(
                Service(
                    ["-m", f"services.{role}"],
                    here,
                    tmp_path / f"{role}.log",
                    SIGHTLINE_INGEST__HTTP__PORT="0",
                    **locked.environment(role),
                )
            )
            for role in SERVICES
        ]
        services.append(
            stack.enter_context(
                notifier(here, tmp_path, config([webhook("desk", http.url)]), beside=locked.environment(Role.NOTIFIER))
            )
        )
        for service in services:
            service.wait_until_ready()
        post(services[0], {"id": "a-1", "text": FIRST})
        told_of = told(here, 1, is_delivered)[0].event_id
        assert told_of in {Alert.model_validate_json(record.value).id for record in here.read(Topic.ALERTS, 1)}
        assert told_of in {request.key for request in http.requests}
        # What a correction takes back is written by the alerts service to the topic that it reads.
        post(services[0], {"id": "a-1", "text": CORRECTED})
        taken_back = Retraction.model_validate_json(here.read(Topic.ACTORS_COOCCURRENCES, 2)[-1].value)
        assert taken_back.article_id == "a-1"
        # What cannot be read is set aside, each by the service that reads it.
        for topic in (Topic.ARTICLES, Topic.ARTICLES_ENRICHED, Topic.ACTORS_COOCCURRENCES, Topic.ALERTS):
            here.produce(topic, [(b"broken", b"\xff")])
            here.read(topic.dead_letter, 1)
    for topic in (Topic.ARTICLES, Topic.ARTICLES_ENRICHED, Topic.ACTORS_COOCCURRENCES, Topic.ALERTS):
        assert "replayed 1\n" in locked.run(Role.OPERATOR, "dead-letters", "replay", "--all", "--topic", topic)
    assert "replayed 0\n" in locked.run(Role.OPERATOR, "dead-letters", "replay", "--all")


def test_the_operator_does_the_rest(locked: Locked) -> None:
    for command in (
        ("publish", "seeds/articles"),
        ("silences", "add", "rule=nothing", "--comment", "test", "--for", "1h", "--author", "me"),
        ("silences", "list"),
        ("rules", "list"),
        ("watchlist", "stats"),
        ("notifications",),
        *(("dead-letters", "list", "--topic", topic.value.removesuffix(".dead-letter")) for topic in DEAD_LETTERS),
    ):
        locked.run(Role.OPERATOR, *command)


@pytest.mark.parametrize("role", Role)
def test_topics_that_are_not_its_own_are_neither_read_nor_written(tried: Locked, role: Role) -> None:
    with closing(create_consumer(tried.kafka(role), group_id=None)) as consumer:
        assert {topic for topic in Topic if may_read(consumer, topic.named(TRIED))} == set(role.access.reads)
    # An idempotent producer is done for once it was refused.
    plain = {"enable_idempotence": False, "acks": 1, "linger_ms": 0, "max_block_ms": 5_000}
    with closing(create_producer(tried.kafka(role), **plain)) as producer:
        assert {topic for topic in Topic if may_write(producer, topic.named(TRIED))} == set(role.access.writes)


@pytest.mark.parametrize("role", Role)
def test_groups_and_transactions_that_are_not_its_own_are_refused(tried: Locked, role: Role) -> None:
    groups = {
        TRIED + (owner.access.group or "") + suffix + ("mine" if suffix == "-" else ""): owner
        for owner in Role
        if owner.access.group is not None
        for suffix in owner.access.groups
    }
    assert {group for group in groups if may_join(tried, role, group)} == {
        group for group, owner in groups.items() if owner is role
    }
    for name in (f"{TRIED}sightline-alerts-0", f"{TRIED}sightline-alerts-corrections-0"):
        assert may_transact(tried, role, name) is (role is Role.ALERTS)
    assert not may_transact(tried, role, f"{TRIED}other")


@pytest.mark.parametrize("role", Role)
def test_topics_are_created_by_the_operator_alone_and_rights_by_nobody(tried: Locked, role: Role) -> None:
    with closing(create_admin(tried.kafka(role))) as admin:
        with pytest.raises(TopicAuthorizationFailedError):
            admin.create_topics([NewTopic(f"{TRIED}own", 1, 1)])
        known = [NewTopic(Topic.ALERTS.named(TRIED), 1, 1)]
        with pytest.raises(TopicAlreadyExistsError if role is Role.OPERATOR else TopicAuthorizationFailedError):
            admin.create_topics(known)
        with pytest.raises(TopicAuthorizationFailedError):
            admin.delete_topics([Topic.ALERTS.named(TRIED)])
    with pytest.raises(BrokerUnavailable, match=r"took 0 of .* rights: ClusterAuthorizationFailedError"):
        apply_grants(tried.kafka(role), list_grants(_settings(TRIED), [role], PRINCIPAL))


def test_who_may_not_create_what_it_does_not_see_is_told_so(tried: Locked) -> None:
    with pytest.raises(BrokerUnavailable, match=r"user 'sightline-ingest' create tried.alerts: see `sightline topics"):
        create_topics(tried.kafka(Role.INGEST), [Topic.ALERTS])
    with pytest.raises(BrokerUnavailable, match=r"hidden from user 'sightline-ingest': tried.alerts; create them"):
        require_cluster(tried.kafka(Role.INGEST), [Topic.ALERTS])


def may_read(consumer: KafkaConsumer, topic: str) -> bool:
    """Fetch the word that the topic holds."""
    if not consumer.partitions_for_topic(topic):
        return False  # it does not even see it
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, 0)

    def fetch() -> str | None:
        try:
            return "read" if consumer.poll(timeout_ms=200) else None
        except TopicAuthorizationFailedError:
            return "refused"

    return wait_for(fetch, f"{topic} is read or refused") == "read"  # type: ignore[no-any-return]  # of wait_for


def may_write(producer: KafkaProducer, topic: str) -> bool:
    try:
        producer.send(topic, b"word", key=b"key").get(timeout=DEADLINE_S)
    except TopicAuthorizationFailedError:
        return False
    return True


def may_join(locked: Locked, role: Role, group: str) -> bool:
    """Ask where the group stands, commit to it and join it: all of it, or nothing."""
    topic = next(iter(role.access.reads), Topic.ALERTS).named(TRIED)
    given, partition = 0, TopicPartition(topic, 0)
    for attempt in (
        lambda consumer: consumer.committed(partition),
        lambda consumer: consumer.commit({partition: OffsetAndMetadata(0, "", -1)}),
        lambda consumer: (consumer.subscribe([topic]), consumer.poll(timeout_ms=2_000)),
    ):
        with closing(create_consumer(locked.kafka(role), group_id=group)) as consumer:
            try:
                attempt(consumer)
                given += 1
            except GroupAuthorizationFailedError:
                continue
    assert given in {0, 3}
    return given == 3


def may_transact(locked: Locked, role: Role, name: str) -> bool:
    with closing(create_producer(locked.kafka(role), transactional_id=name)) as producer:
        try:
            producer.init_transactions()
        except TransactionalIdAuthorizationFailedError:
            return False
    return True
