"""Every test here speaks to a real broker: the embedded one, started once, or the one SIGHTLINE_TEST_BOOTSTRAP names.

Tests share it, so each takes topic and group names of its own from `fresh_name` or `create_topic`.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from rich.console import Console

from services.core.settings import load_settings
from services.local.broker import EmbeddedBroker
from services.local.fetch import fetch_broker
from services.local.java import java_executable

StartBroker = Callable[..., EmbeddedBroker]
CreateTopic = Callable[..., str]


@pytest.fixture(scope="session")
def jars() -> tuple[Path, ...]:
    return fetch_broker(load_settings(find_local=False).local, Console(quiet=True))


@pytest.fixture(scope="session")
def broker(jars: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of the broker that all tests share."""
    given = os.environ.get("SIGHTLINE_TEST_BOOTSTRAP")
    if given:
        yield given
        return
    with EmbeddedBroker(jars, java_executable(), tmp_path_factory.mktemp("broker")) as embedded:
        yield embedded.bootstrap_servers


@pytest.fixture
def start_broker(jars: tuple[Path, ...], tmp_path: Path) -> Iterator[StartBroker]:
    """Start a broker of the test's own; takes the arguments of `EmbeddedBroker` from `data_dir` on."""
    started: list[EmbeddedBroker] = []

    def start(data_dir: Path = tmp_path / "broker", **options: object) -> EmbeddedBroker:
        embedded = EmbeddedBroker(jars, java_executable(), data_dir, **options)  # type: ignore[arg-type]  # passed on
        embedded.start()
        started.append(embedded)
        return embedded

    yield start
    for embedded in started:
        embedded.stop()


@dataclass(frozen=True)
class Certificates:
    """PEM files: an authority, and what it issued to the broker and to a client."""

    authority: Path
    broker: Path  # key and chain, in the one form of key that Java reads
    client_certificate: Path
    client_key: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    authority, files = trustme.CA(), {}
    authority.cert_pem.write_to_path(folder / "authority.pem")
    for owner in ("broker", "client"):
        issued = authority.issue_cert("127.0.0.1", common_name=owner)
        key = load_pem_private_key(issued.private_key_pem.bytes(), None)
        pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        files[owner] = (pkcs8, chain)
    (folder / "broker.pem").write_bytes(b"".join(files["broker"]))
    (folder / "client-key.pem").write_bytes(files["client"][0])
    (folder / "client.pem").write_bytes(files["client"][1])
    return Certificates(
        folder / "authority.pem", folder / "broker.pem", folder / "client.pem", folder / "client-key.pem"
    )


@pytest.fixture
def fresh_name() -> Callable[[str], str]:
    """Return a name that nobody else uses, for a topic or a group or as a topic prefix."""
    return lambda stem: f"{stem}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def create_topic(broker: str, fresh_name: Callable[[str], str]) -> CreateTopic:
    """Create a topic with a fresh name on the shared broker and return the name."""

    def create(stem: str = "topic", *, partitions: int = 1, **configs: str) -> str:
        name = fresh_name(stem)
        admin = KafkaAdminClient(bootstrap_servers=broker)
        try:
            admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
            admin.wait_for_topics([name])
        finally:
            admin.close()
        return name

    return create
