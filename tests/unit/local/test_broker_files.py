from pathlib import Path

import pytest

from services.local.broker_files import BrokerFailed, DirectoryLock, Listener, render_properties


def parse(properties: str) -> dict[str, str]:
    lines = [line for line in properties.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def test_a_directory_has_one_owner(tmp_path: Path) -> None:
    lock = DirectoryLock(tmp_path, patience_s=0)
    with pytest.raises(BrokerFailed, match=rf"{tmp_path} is in use.*SIGHTLINE_LOCAL__DATA_DIR"):
        DirectoryLock(tmp_path, patience_s=0)
    lock.let_go()
    DirectoryLock(tmp_path, patience_s=0).let_go()


def test_every_listener_is_on_the_loopback_interface() -> None:
    listeners = [Listener("PLAINTEXT", "PLAINTEXT", 19092), Listener("SECURE", "SASL_SSL", 19094)]
    properties = parse(render_properties(listeners, controller_port=19093, log_dir="data", overrides={}))
    assert properties["listeners"] == (
        "PLAINTEXT://127.0.0.1:19092,SECURE://127.0.0.1:19094,CONTROLLER://127.0.0.1:19093"
    )
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:19092,SECURE://127.0.0.1:19094"
    assert properties["listener.security.protocol.map"] == ("PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT")
    assert properties["controller.quorum.voters"] == "1@127.0.0.1:19093"


def test_a_laptop_broker_keeps_one_copy_and_takes_large_messages() -> None:
    listeners = [Listener("PLAINTEXT", "PLAINTEXT", 1)]
    properties = parse(render_properties(listeners, controller_port=2, log_dir="data", overrides={}))
    assert properties["offsets.topic.replication.factor"] == "1"
    assert properties["transaction.state.log.min.isr"] == "1"
    assert properties["auto.create.topics.enable"] == "false"
    assert int(properties["message.max.bytes"]) == 16 * 1024 * 1024


def test_overrides_win_and_backslashes_survive() -> None:
    listeners = [Listener("PLAINTEXT", "PLAINTEXT", 1)]
    overrides = {"num.partitions": "1", "log.dirs": "elsewhere", "x": "a\\b"}
    properties = parse(render_properties(listeners, controller_port=2, log_dir="data", overrides=overrides))
    assert properties["num.partitions"] == "1"
    assert properties["log.dirs"] == "elsewhere"
    assert properties["x"] == r"a\\b"
