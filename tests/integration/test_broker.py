"""The embedded broker is a real one: it keeps what it acknowledged, stands beside others, and leaves nothing behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from services.local.broker import EmbeddedBroker
from services.local.broker_files import BrokerFailed, Listener
from services.local.java import java_executable
from services.local.ports import choose_ports

DEADLINE_S = 20.0
StartBroker = Callable[..., EmbeddedBroker]
CreateTopic = Callable[..., str]


def produce(servers: str, topic: str, values: list[bytes], **options: Any) -> None:
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True, **options)
    try:
        sent = [producer.send(topic, value) for value in values]
        producer.flush(DEADLINE_S)
        assert all(future.succeeded() for future in sent)
    finally:
        producer.close()


def consume(servers: str, topic: str, count: int, **options: Any) -> list[bytes]:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False, **options
    )
    values: list[bytes] = []
    deadline = time.monotonic() + DEADLINE_S
    try:
        while len(values) < count and time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=200).values():
                values.extend(record.value for record in records)
    finally:
        consumer.close()
    return values


def create(servers: str, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=servers)
    try:
        admin.create_topics([NewTopic(topic, 1, 1)])
        admin.wait_for_topics([topic])
    finally:
        admin.close()


def processes_of(data_dir: Path) -> list[str]:
    """Return what runs for a broker's directory, which stands in its command line."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(data_dir) in line]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_produced_is_consumed(broker: str, create_topic: CreateTopic, fresh_name: Callable[[str], str]) -> None:
    topic = create_topic()
    values = [b"%d" % number for number in range(1000)]
    produce(broker, topic, values)
    assert consume(broker, topic, 1000, group_id=fresh_name("group")) == values


def test_a_message_of_sixteen_mebibytes_fits(broker: str, create_topic: CreateTopic) -> None:
    topic = create_topic(**{"max.message.bytes": "16777216"})
    value = os.urandom(16_000_000)
    produce(broker, topic, [value], max_request_size=16_777_216)
    assert consume(broker, topic, 1, max_partition_fetch_bytes=16_777_216) == [value]


def test_data_survives_a_restart_and_stop_leaves_no_process(start_broker: StartBroker, tmp_path: Path) -> None:
    first = start_broker()
    create(first.bootstrap_servers, "kept")
    produce(first.bootstrap_servers, "kept", [b"before"])
    assert processes_of(tmp_path)
    first.stop()
    assert processes_of(tmp_path) == []
    second = start_broker()
    produce(second.bootstrap_servers, "kept", [b"after"])
    assert consume(second.bootstrap_servers, "kept", 2) == [b"before", b"after"]


def test_two_stand_side_by_side_and_the_second_takes_another_port(start_broker: StartBroker, tmp_path: Path) -> None:
    (port,) = choose_ports([0])
    one = start_broker(tmp_path / "one", port=port)
    two = start_broker(tmp_path / "two", port=port)
    assert one.bootstrap_servers == f"127.0.0.1:{port}"
    assert two.bootstrap_servers != one.bootstrap_servers
    create(one.bootstrap_servers, "mine")
    create(two.bootstrap_servers, "mine")
    produce(one.bootstrap_servers, "mine", [b"one"])
    produce(two.bootstrap_servers, "mine", [b"two"])
    assert consume(one.bootstrap_servers, "mine", 1) == [b"one"]
    assert consume(two.bootstrap_servers, "mine", 1) == [b"two"]


def test_a_directory_in_use_is_refused(start_broker: StartBroker, tmp_path: Path) -> None:
    start_broker(tmp_path / "one")
    with pytest.raises(BrokerFailed, match="is in use"):
        start_broker(tmp_path / "one")


def test_a_broker_that_cannot_start_says_why_and_where_it_logs(start_broker: StartBroker, tmp_path: Path) -> None:
    with pytest.raises(BrokerFailed, match=r"none-such\.pem.*; its log: .*broker\.log") as failure:
        start_broker(
            listeners=[Listener("SECURE", "SSL")],
            properties={"ssl.keystore.type": "PEM", "ssl.keystore.location": "/none-such.pem"},
        )
    assert "\n" not in str(failure.value)
    assert processes_of(tmp_path) == []


def test_a_setting_that_kafka_refuses_is_named(start_broker: StartBroker) -> None:
    with pytest.raises(BrokerFailed, match=r"cannot be formatted: Invalid value none-such for .* compression\.type"):
        start_broker(properties={"compression.type": "none-such"})


def test_nothing_is_left_when_the_owner_is_killed(jars: tuple[Path, ...], tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from services.local.broker import EmbeddedBroker\n"
        "broker = EmbeddedBroker([Path(jar) for jar in sys.argv[3:]], Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "broker.start(); print('started', flush=True); time.sleep(600)"
    )
    data_dir = tmp_path / "broker"
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(java_executable()), str(data_dir), *map(str, jars)], stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        with owner.stdout:
            assert owner.stdout.readline() == b"started\n"
        assert len(processes_of(data_dir)) == 3  # the owner, the guard, Java
    finally:
        owner.kill()
        owner.wait()
    wait_for(lambda: processes_of(data_dir) == [])
