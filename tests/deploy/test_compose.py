"""docker-compose.yml is what Compose reads, and what somebody who cares would run."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from services.cli.settings import example_lines
from services.core.settings import Settings
from tests.conftest import CHECKOUT
from tests.deploy.compose import FILE, VARIABLE, mounts, read_compose, read_variables
from tests.deploy.programs import amtool
from tests.integration.prometheus import find_programs

# compose-go 2.16.2 (Apache-2.0), schema/compose-spec.json.
SCHEMA = Path(__file__).parent / "data" / "compose-spec.json"
ONE = read_compose({})
CLUSTER = read_compose(read_variables("deploy/cluster.env"))
SERVICES: dict[str, dict[str, Any]] = ONE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("sightline:")}
ONCE = {"topics", "watchlist", "rules"}


def test_it_is_as_the_compose_specification_wants_it() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    for compose in (ONE, CLUSTER, yaml.safe_load(FILE.read_text("utf-8"))):
        assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(compose)] == []


def test_every_variable_has_a_default_and_every_variable_of_the_cluster_is_used() -> None:
    used = {match[1]: match[2] for match in VARIABLE.finditer(FILE.read_text("utf-8"))}
    assert None not in used.values()
    assert "$" not in VARIABLE.sub("", FILE.read_text("utf-8")).replace("$$", "")
    of_compose_itself = {"COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"}
    assert set(read_variables("deploy/cluster.env")) - of_compose_itself <= set(used)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_watched_and_started_again(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[0-9]+[mg]", service["mem_limit"])
    assert service["restart"] == ("on-failure" if name in ONCE else "unless-stopped")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    has_own = name in OURS and name not in ONCE  # the image's
    assert has_own or service["healthcheck"]
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:")
    for source in mounts(service):
        assert (CHECKOUT / source).exists()


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_or_built_here(name: str) -> None:
    service = SERVICES[name]
    if name in OURS:
        build = service["build"]
        assert (CHECKOUT / build["dockerfile"]).exists()
        assert (CHECKOUT / build["args"]["REQUIREMENTS"]).exists()
        assert ("processor" in build["args"]["REQUIREMENTS"]) == (name == "processor")
        assert service["read_only"] is True
    else:
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"])


def test_processors_can_be_added() -> None:
    assert "container_name" not in SERVICES["processor"]
    assert "ports" not in SERVICES["processor"]


def test_three_brokers_keep_every_record_twice_at_least() -> None:
    brokers = [service for service in CLUSTER["services"].values() if service["image"].startswith("apache/kafka")]
    for broker in brokers:
        environment = broker["environment"]
        assert environment["KAFKA_CONTROLLER_QUORUM_VOTERS"].count("@") == len(brokers) == 3
        assert (
            environment["KAFKA_DEFAULT_REPLICATION_FACTOR"]
            == environment["KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"]
            == 3
        )
        assert environment["KAFKA_MIN_INSYNC_REPLICAS"] == environment["KAFKA_TRANSACTION_STATE_LOG_MIN_ISR"] == 2
    assert len({broker["environment"]["KAFKA_NODE_ID"] for broker in brokers}) == 3
    servers = CLUSTER["services"]["ingest"]["environment"]["SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS"].split(",")
    assert servers == [
        broker["environment"]["KAFKA_ADVERTISED_LISTENERS"].removeprefix("PLAINTEXT://") for broker in brokers
    ]


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_is_given_settings_that_there_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {line.lstrip("#").partition("=")[0] for line in example_lines() if "=" in line}
    environment = {key: str(value) for key, value in OURS[name]["environment"].items()}
    assert set(environment) <= known
    assert {secret["target"] for secret in OURS[name].get("secrets", ())} <= known
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    assert Settings(_env_file=None).kafka.bootstrap_servers == "kafka:9092"


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_is_a_command_that_there_is(name: str) -> None:
    words = [word for word in OURS[name]["command"] if not word.startswith(("-", "/"))]
    command = [sys.executable, "-m", "services.cli.app", *[word for word in words if word != "own"], "--help"]
    code = "import sys; from services.cli.app import main; sys.argv[0] = 'sightline'; main()"
    done = subprocess.run([sys.executable, "-c", code, *command[3:]], cwd=CHECKOUT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_secrets_come_from_files_that_are_made_and_not_committed(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_bytes((CHECKOUT / "deploy" / "secrets.sh").read_bytes())
    for _ in range(2):  # what is there stays
        done = subprocess.run(["sh", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {Path(secret["file"]).name for secret in ONE["secrets"].values()} == set(made)
    assert all(len(secret) == 43 for secret in made.values())
    assert len(set(made.values())) == len(made)
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    ignored = subprocess.run(["git", "check-ignore", "deploy/secrets/api-key"], cwd=CHECKOUT, check=False)
    assert ignored.returncode == 0


def test_prometheus_and_alertmanager_take_their_configurations() -> None:
    programs = find_programs()
    for command in (
        [programs.promtool, "check", "config", "--syntax-only", "deploy/prometheus/prometheus.yml"],
        [amtool(), "check-config", "deploy/alertmanager/alertmanager.yml"],
    ):
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_asks_each_service_where_it_answers() -> None:
    scrapes = yaml.safe_load((CHECKOUT / "deploy/prometheus/prometheus.yml").read_text())["scrape_configs"]
    asked = {job["job_name"]: job["dns_sd_configs"][0]["port"] for job in scrapes if "dns_sd_configs" in job}
    settings = Settings.model_construct()
    assert asked == {name: getattr(settings, name).http.port for name in ("ingest", "processor", "alerts", "notifier")}
