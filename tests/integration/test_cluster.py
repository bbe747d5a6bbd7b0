"""The way to the broker: every kind of lock opens, and when one does not, a line says what to check."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import KafkaError

from schemas import Topic
from services.core.clients import create_admin, create_consumer, create_producer
from services.core.cluster import create_topics, ensure_topics, require_cluster, wait_for_cluster, watch_cluster
from services.core.errors import BrokerUnavailable, ConfigurationError
from services.core.health import Health
from services.core.settings import KafkaSettings
from tests.integration.conftest import StartBroker
from tests.integration.secure_broker import SecureBroker, run_secure_broker
from tests.waiting import wait_until

WAYS = ("plaintext", "scram_over_tls", "plain", "client_certificate")


@pytest.fixture(scope="module")
def secure_broker(jars: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    with run_secure_broker(jars, tmp_path_factory.mktemp("secure")) as running:
        yield running


def spoil(kafka: KafkaSettings, **changes: Any) -> KafkaSettings:
    return KafkaSettings.model_validate({**dict(kafka), **changes})


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_opens(secure_broker: SecureBroker, fresh_name: Callable[[str], str], way: str) -> None:
    kafka: KafkaSettings = spoil(getattr(secure_broker, way), topic_prefix=fresh_name("p") + ".")
    assert create_topics(kafka, [Topic.ARTICLES]) == [Topic.ARTICLES.named(kafka.topic_prefix)]
    assert create_topics(kafka, [Topic.ARTICLES]) == []
    topic = Topic.ARTICLES.named(kafka.topic_prefix)
    producer = create_producer(kafka)
    producer.send(topic, b"hello").get(timeout=10)
    producer.close()
    consumer = create_consumer(kafka, group_id=topic, consumer_timeout_ms=20_000)
    consumer.subscribe([topic])
    assert next(iter(consumer)).value == b"hello"
    consumer.close()


@pytest.mark.parametrize(
    ("way", "changes", "told"),
    [
        ("plain", {"sasl_password": "wrong"}, "refused user 'sightline' with PLAIN"),
        ("scram_over_tls", {"sasl_password": "wrong"}, "refused user 'sightline' with SCRAM-SHA-512"),
        ("scram_over_tls", {"ssl_ca_file": None}, "failed: check SIGHTLINE_KAFKA__SECURITY_PROTOCOL, _SSL_CA_FILE"),
        ("client_certificate", {"ssl_cert_file": None, "ssl_key_file": None}, "_SSL_CERT_FILE"),
        ("scram_over_tls", {"security_protocol": "PLAINTEXT"}, "did not speak PLAINTEXT with us: check the port"),
        ("plain", {"sasl_mechanism": "SCRAM-SHA-256"}, "refused user 'sightline' with SCRAM-SHA-256"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    secure_broker: SecureBroker, way: str, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(BrokerUnavailable) as refusal:
        require_cluster(spoil(getattr(secure_broker, way), **changes))
    assert told in str(refusal.value)
    assert "check " in str(refusal.value)
    assert "SIGHTLINE_KAFKA__" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("create", [create_admin, create_consumer, create_producer])
@pytest.mark.parametrize(
    ("way", "changes"), [("plain", {"sasl_password": "wrong"}), ("scram_over_tls", {"ssl_ca_file": None})]
)
def test_a_try_that_fails_leaves_no_thread_and_no_file_behind(
    secure_broker: SecureBroker, create: Callable[..., object], way: str, changes: dict[str, Any]
) -> None:
    kafka = spoil(getattr(secure_broker, way), **changes)
    files, threads = set(Path("/dev/fd").iterdir()), set(threading.enumerate())
    with pytest.raises(KafkaError):
        create(kafka, bootstrap_timeout_ms=2_000)
    assert set(threading.enumerate()) == threads
    assert set(Path("/dev/fd").iterdir()) == files


def test_files_that_cannot_be_read_are_named(secure_broker: SecureBroker, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="TLS files cannot be read"):
        require_cluster(spoil(secure_broker.scram_over_tls, ssl_ca_file=tmp_path / "nowhere.pem"))


@pytest.mark.parametrize(
    ("servers", "told"),
    [
        ("127.0.0.1:1", r"nobody answers at 127\.0\.0\.1:1 \(Connection refused\): check SIGHTLINE_KAFKA__BOOTSTRAP"),
        ("no-such-host.invalid:9092", r"the host of no-such-host\.invalid:9092 is not known"),
        ("localhost", r"localhost is not host:port"),
    ],
)
def test_no_broker_is_one_line(servers: str, told: str) -> None:
    with pytest.raises(BrokerUnavailable, match=told):
        require_cluster(KafkaSettings(bootstrap_servers=servers))


def test_a_missing_topic_is_named_where_creation_is_off(broker: str, fresh_name: Callable[[str], str]) -> None:
    kafka = KafkaSettings(bootstrap_servers=broker, topic_prefix=fresh_name("p") + ".", create_topics=False)
    with pytest.raises(BrokerUnavailable, match=rf"topics missing on .*: {kafka.topic_prefix}alerts; create them with"):
        ensure_topics(kafka, [Topic.ALERTS])
    create_topics(kafka, [Topic.ALERTS])
    ensure_topics(kafka, [Topic.ALERTS])


def test_waiting_ends_when_the_broker_comes_and_health_follows_it(start_broker: StartBroker, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}", retry_max_s=1.0)
    stop, came, health, waits = threading.Event(), threading.Event(), Health(), Health()

    def wait() -> None:
        if wait_for_cluster(kafka, [Topic.ALERTS], waits, stop=stop):
            came.set()

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    watching = watch_cluster(kafka, health, stop=stop)
    try:
        wait_until(lambda: "nobody answers" in (waits.not_ready() or ""), deadline_s=20)
        wait_until(lambda: "nobody answers" in (health.not_ready() or ""), deadline_s=20)
        running = start_broker(tmp_path / "late", port=port)
        assert came.wait(30)
        wait_until(lambda: health.not_ready() is None, deadline_s=20)
        running.stop()
        wait_until(lambda: "nobody answers" in (health.not_ready() or ""), deadline_s=20)
    finally:
        stop.set()
        waiting.join(10)
        watching.join(10)


def test_waiting_can_be_ended() -> None:
    stop = threading.Event()
    stop.set()
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    assert not wait_for_cluster(kafka, [], Health(), stop=stop)
