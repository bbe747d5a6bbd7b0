"""Every service works with a cluster that asks for a password or a certificate."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas import Topic
from tests.integration.running import Installation, Service
from tests.integration.secure_broker import SecureBroker, as_environment, run_secure_broker

TEXT = "Alexander Lukashenko met Vladimir Putin after the European Union imposed sanctions on Belarus."


@pytest.fixture(scope="module")
def secure_broker(jars: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    with run_secure_broker(jars, tmp_path_factory.mktemp("secured")) as running:
        yield running


@pytest.mark.parametrize("way", ["scram_over_tls", "plain", "client_certificate"])
def test_an_article_becomes_an_alert(
    secure_broker: SecureBroker, fresh_name: Callable[[str], str], tmp_path: Path, way: str
) -> None:
    installation = Installation(secure_broker.plaintext.servers[0], fresh_name(way) + ".")
    installation.load_watchlist()
    environment = as_environment(getattr(secure_broker, way)) | {"SIGHTLINE_INGEST__HTTP__PORT": "0"}
    ingest, processor, alerts = (
        Service(["-m", f"services.{name}"], installation, tmp_path / f"{name}.log", **environment)
        for name in ("ingest", "processor", "alerts")
    )
    with ingest, processor, alerts:
        for service in (ingest, processor, alerts):
            service.wait_until_ready()
        request = urllib.request.Request(
            f"http://127.0.0.1:{ingest.port}/articles", TEXT.encode(), {"Content-Type": "text/plain"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert json.load(answer)["accepted"] == 1
        assert installation.read(Topic.ALERTS, 1)
