"""One fault at a time on a real broker: the alerts service waits or sets aside, says so, and goes on by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaTimeoutError

from schemas import DEFAULT_RULE, Reason, Topic
from services.alerts.transactions import Transactions
from services.core.clients import close_producer, create_producer
from services.core.dead_letters import Received, read_dead_letter
from services.core.identity import alert_key
from services.local.java import java_executable
from tests.chaos.cluster import Cluster, steady_ports
from tests.chaos.faulty import IMPATIENT, publish_pairs, read_pairs
from tests.integration.running import Installation, Service, wait_for
from tests.waiting import wait_until

ALERTS = ("-m", "services.alerts")
# How long the broker is away in seconds; `make chaos` makes a minute of it.
AWAY_S = float(os.environ.get("SIGHTLINE_CHAOS_AWAY_S", "15"))
ABORTED = 'sightline_transactions_total{outcome="aborted"}'
# In a process of its own: a producer that cannot deliver does not end well.
FLOOD = """
import sys
from kafka import KafkaProducer
producer = KafkaProducer(bootstrap_servers=sys.argv[1], max_request_size=2_000_000)
while True:
    producer.send(sys.argv[2], b"x" * 1_000_000, partition=0)
"""
PROBLEMS = 6  # two loops, and what is wrong may be said in another way as the broker goes and comes
FEW_LINES = 30  # of warnings in an outage: some, not one for each message or each second

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A broker that the tests may kill; each leaves it running."""
    with Cluster(tmp_path_factory.mktemp("cluster"), properties=IMPATIENT) as started:
        yield started


def names(stem: str, count: int) -> list[str]:
    return [f"{stem}-{number:04}" for number in range(count)]


def warnings(service: Service) -> list[str]:
    return [line for line in service.said.splitlines() if "[warning" in line or "[error" in line]


def test_outlives_a_broker_that_is_away(cluster: Cluster, tmp_path: Path) -> None:
    installation = Installation(cluster.bootstrap_servers, "away.")
    with Service(ALERTS, installation, tmp_path / "log") as service:
        service.wait_until_ready()
        wanted = names("before", 4000)
        publish_pairs(installation, wanted)
        read_pairs(installation, 1)  # and it is at work on the others
        cluster.kill(0)
        try:
            wait_for(lambda: service.status("/readyz")[0] == 503, "it is not ready while the broker is away")
            with pytest.raises(AssertionError):
                wait_until(lambda: service.process.poll() is not None, deadline_s=AWAY_S)
            assert service.status("/healthz")[0] == 200
            assert service.metric("sightline_ready") == 0
        finally:
            cluster.start(0)
        after = names("after", 50)
        publish_pairs(installation, after)
        assert read_pairs(installation, 4050, deadline_s=120) == sorted([*wanted, *after])
        service.wait_until_ready()
        assert "not_ready" in service.said
        assert len(warnings(service)) <= FEW_LINES
        assert service.said.count("cluster_unavailable") <= PROBLEMS
        assert "Traceback" not in service.said
        assert service.metric("sightline_ready") == 1
        assert service.stop() == 0


def test_waits_for_a_broker_whose_disk_is_full(tmp_path: Path) -> None:
    """No file of the broker may grow beyond a limit: its write fails as on a full disk, and it ends as it does then."""
    limit, java = tmp_path / "limit", tmp_path / "java"
    java.write_text(f'#!/bin/sh\nulimit -f "$(cat {limit})"\nexec {java_executable()} "$@"\n')
    java.chmod(0o700)
    limit.write_text("24576")  # 12 or 24 MB, as the shell counts; index files are created with 10 MB
    with Cluster(tmp_path / "cluster", properties=IMPATIENT, java=java) as cluster:
        installation = Installation(cluster.bootstrap_servers, "full.")
        with Service(ALERTS, installation, tmp_path / "log") as service:
            service.wait_until_ready()
            before = names("before", 20)
            publish_pairs(installation, before)
            read_pairs(installation, 20)
            fill(installation, cluster)
            assert "have failed (kafka.log.LogManager)" in cluster.nodes[0].log_file.read_text("utf-8")
            wait_for(lambda: "nobody answers at" in service.status("/readyz")[1], "it says why it is not ready")
            wait_for(
                lambda: service.metric("sightline_ready") == 0 and "not_ready" in service.said, "so do log and metric"
            )
            limit.write_text("unlimited")
            cluster.nodes[0].stop()  # it has ended, and its guard with it
            cluster.start(0)
            after = names("after", 20)
            publish_pairs(installation, after)
            assert read_pairs(installation, 40, deadline_s=120) == sorted([*before, *after])
            service.wait_until_ready()
            assert "Traceback" not in service.said
            assert service.stop() == 0


def fill(installation: Installation, cluster: Cluster) -> None:
    """Let somebody write news until the broker can no longer."""
    guard = cluster.nodes[0].process
    assert guard is not None
    words = [sys.executable, "-c", FLOOD, installation.kafka.servers[0], installation.named(Topic.ARTICLES)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as flood:
        try:
            wait_for(lambda: guard.exit_code is not None, "the broker gives up", deadline_s=120)
        finally:
            flood.kill()


def test_waits_for_a_name_that_is_not_known(tmp_path: Path) -> None:
    """Names come from a file instead of DNS: `tests/chaos/named.py` puts it in place of the system's resolver."""
    (named,) = steady_ports(1)
    hosts = tmp_path / "hosts"
    with Cluster(tmp_path / "cluster", properties=IMPATIENT, named=("kafka.example", named)) as cluster:
        installation = Installation(cluster.bootstrap_servers, "dns.")
        hosts.write_text("")
        environment = {
            "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": f"kafka.example:{named}",
            "SIGHTLINE_TEST_HOSTS": str(hosts),
        }
        with Service(("tests/chaos/named.py",), installation, tmp_path / "log", **environment) as service:
            wait_for(lambda: "the host of kafka.example" in service.status("/readyz")[1], "it says what is wrong")
            hosts.write_text("127.0.0.1 kafka.example\n")
            service.wait_until_ready()
            before = names("before", 20)
            publish_pairs(installation, before)
            read_pairs(installation, 20)
            # The name goes, and with a new broker every connection: each must be looked up again.
            hosts.write_text("")
            cluster.kill(0)
            cluster.start(0)
            wait_for(lambda: "the host of kafka.example" in service.status("/readyz")[1], "it says what is wrong")
            wait_for(
                lambda: service.metric("sightline_ready") == 0 and "not_ready" in service.said, "so do log and metric"
            )
            after = names("after", 20)
            publish_pairs(installation, after)
            hosts.write_text("127.0.0.1 kafka.example\n")
            assert read_pairs(installation, 40, deadline_s=120) == sorted([*before, *after])
            service.wait_until_ready()
            assert "Traceback" not in service.said
            assert len(warnings(service)) <= FEW_LINES
            assert service.stop() == 0


def test_goes_on_after_a_transaction_that_took_too_long(cluster: Cluster, tmp_path: Path) -> None:
    """The service stands still in a transaction until the broker has ended it."""
    installation = Installation(cluster.bootstrap_servers, "timeout.")
    # Small batches: even a slow machine has written one long before it is too late.
    environment = {"SIGHTLINE_ALERTS__TRANSACTION_TIMEOUT_S": "5", "SIGHTLINE_ALERTS__BATCH_SIZE": "200"}
    with Service(ALERTS, installation, tmp_path / "log", **environment) as service:
        service.wait_until_ready()
        wanted = names("pair", 6000)
        publish_pairs(installation, wanted)
        freeze_in_transaction(installation, service)
        try:
            wait_for(lambda: not has_open_transaction(installation), "the broker has ended the transaction")
        finally:
            service.process.send_signal(signal.SIGCONT)
        assert read_pairs(installation, len(wanted), deadline_s=120) == wanted
        assert service.process.poll() is None
        assert service.metric(ABORTED) > 0
        assert "transaction_aborted" in service.said
        assert "Traceback" not in service.said
        assert service.stop() == 0


def freeze_in_transaction(installation: Installation, service: Service) -> None:
    """Stop the service at a moment at which it has written something and not committed it."""

    def is_caught() -> bool:
        service.process.send_signal(signal.SIGSTOP)
        if has_open_transaction(installation):
            return True
        service.process.send_signal(signal.SIGCONT)
        return False

    wait_for(is_caught, "it is in a transaction")


def has_open_transaction(installation: Installation) -> bool:
    """Whether `alerts` holds records that nobody has committed."""
    ends = []
    for level in ("read_uncommitted", "read_committed"):
        consumer = KafkaConsumer(bootstrap_servers=installation.kafka.servers, isolation_level=level)
        try:
            topic = installation.named(Topic.ALERTS)
            ends.append(consumer.end_offsets([TopicPartition(topic, p) for p in range(installation.kafka.partitions)]))
        finally:
            consumer.close()
    return bool(ends[0] != ends[1])


def test_sets_poisoned_state_aside(cluster: Cluster, tmp_path: Path) -> None:
    installation = Installation(cluster.bootstrap_servers, "poison.")
    state = installation.named(Topic.ALERTS_STATE)
    with Service(ALERTS, installation, tmp_path / "log") as service:
        service.wait_until_ready()
        publish_pairs(installation, ["ann", "bob"])
        read_pairs(installation, 2)
        assert service.stop() == 0
    key = alert_key(DEFAULT_RULE.id, ("ann", "zelda")).encode()
    (known,) = [record for record in installation.read(Topic.ALERTS_STATE, 2) if record.key == key]
    producer = KafkaProducer(bootstrap_servers=installation.kafka.servers)
    try:
        for poisoned, value in ((key, b'{"episodes": 5}'), (b"\xff\x00", b"\xff")):
            producer.send(state, value, key=poisoned, partition=known.partition).get(30)
    finally:
        producer.close()
    with Service(ALERTS, installation, tmp_path / "log") as service:
        service.wait_until_ready()
        publish_pairs(installation, ["ann", "bob", "cat"])
        # What was known of Ann is lost, and so her alert is opened anew; Bob's is known, and Cat's is new.
        assert read_pairs(installation, 4) == ["ann", "ann", "bob", "cat"]
        letters = installation.read(Topic.ALERTS_STATE.dead_letter, 1)
        told = {
            letter.key: read_dead_letter(Received(letter.topic, 0, 0, letter.key, letter.value, tuple(letter.headers)))
            for letter in letters
        }
        assert told[key].reason is Reason.INVALID_FIELD
        assert service.said.count("state_unreadable") == len(letters)
        assert service.metric('sightline_alerts_unreadable_total{topic="alerts.state"}') == len(letters)
        assert "Traceback" not in service.said
        assert service.stop() == 0


def test_a_transaction_without_an_answer_is_not_waited_for_without_end(cluster: Cluster) -> None:
    installation = Installation(cluster.bootstrap_servers, "silent.")
    offsets = {TopicPartition(Topic.ACTORS_COOCCURRENCES.named("silent."), 0): OffsetAndMetadata(1, "", -1)}
    transactions = Transactions(installation.kafka, "silent", timeout_s=30, answer_s=3)
    transactions.commit([], offsets, "silent")
    broker = cluster.pid(0)
    os.kill(broker, signal.SIGSTOP)
    try:
        with pytest.raises(KafkaTimeoutError, match="no answer about a transaction"):
            transactions.commit([], offsets, "silent")
        with pytest.raises(KafkaTimeoutError):
            transactions.abort()
    finally:
        os.kill(broker, signal.SIGCONT)
    transactions.close()
    after = Transactions(installation.kafka, "silent", timeout_s=30)
    after.commit([], offsets, "silent")
    after.close()


def test_a_producer_is_closed_though_nothing_is_acknowledged(cluster: Cluster) -> None:
    producer = create_producer(Installation(cluster.bootstrap_servers, "").kafka)
    producer.send(Topic.ARTICLES.value, b"{}").get(timeout=30)
    broker = cluster.pid(0)
    os.kill(broker, signal.SIGSTOP)
    try:
        lost = producer.send(Topic.ARTICLES.value, b"{}")
        close_producer(producer, timeout_s=1)
    finally:
        os.kill(broker, signal.SIGCONT)
    assert lost.failed()
    assert not producer._sender.is_alive()
