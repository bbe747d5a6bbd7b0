"""The services run with exactly the environment and arguments of the Helm chart, where only /tmp can be written."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import KafkaAdminClient

from services.core.settings import KafkaSettings
from tests.deploy.charts import of_kind, render
from tests.integration.running import CHECKOUT, Service, wait_for

Manifest = dict[str, Any]
COMMAND = "from services.cli.app import main; main()"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
# What the root file system of a container, which cannot be written, does to Python.
READ_ONLY = """
import errno, os, sys

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def refuse(event, arguments):
    path = arguments[0] if arguments else None
    changes = event in {"os.mkdir", "os.rename", "os.remove", "os.symlink", "os.link", "os.truncate"}
    if event == "open":
        changes = bool(arguments[2] & WRITES)
    if changes and isinstance(path, str | bytes) and not os.fsdecode(path).startswith(ALLOWED):
        raise OSError(errno.EROFS, "Read-only file system", path)

ALLOWED = (os.environ["ONLY_WRITABLE"], "/dev/null", "/dev/shm", "/proc/self")
sys.addaudithook(refuse)
"""


class Pod:
    """A pod of the chart as a process here: with its environment, but for what only a cluster has."""

    def __init__(self, manifest: Manifest, kafka: KafkaSettings, folder: Path, number: int = 0) -> None:
        spec = manifest["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        name = f"{manifest['metadata']['name']}-{number}"
        self._folder = folder / name
        self.tmp = self._folder / "tmp"
        self.tmp.mkdir(parents=True)
        (self._folder / "sitecustomize.py").write_text(READ_ONLY)
        self.grace_s = spec.get("terminationGracePeriodSeconds", 30)
        self.probes = [container[probe]["httpGet"]["path"] for probe in PROBES if probe in container]
        self._arguments = container["args"]
        self._environment = {each["name"]: each.get("value", name) for each in container["env"]} | {
            "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": kafka.servers[0],
            "SIGHTLINE_KAFKA__RETRY_MAX_S": "1",
            "SIGHTLINE_LOG__FORMAT": "text",
            # All pods are on one machine here.
            **{f"SIGHTLINE_{each}__HTTP__PORT": "0" for each in ("INGEST", "PROCESSOR", "ALERTS", "NOTIFIER")},
            "PYTHONPATH": f"{self._folder}{os.pathsep}{CHECKOUT}",
            "ONLY_WRITABLE": str(self.tmp),
            "TMPDIR": str(self.tmp),
            "HOME": "/nonexistent",
        }

    def running(self, command: str = COMMAND) -> Service:
        nothing_more: Any = SimpleNamespace(environment={})
        return Service(["-c", command, *self._arguments], nothing_more, self._folder / "log", **self._environment)


@pytest.fixture
def kafka(broker: str, fresh_name: Callable[[str], str]) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=broker, topic_prefix=fresh_name("chart") + ".")


@pytest.fixture
def documents(kafka: KafkaSettings) -> list[Manifest]:
    # One partition: of two pods of a service, one has nothing to do, as while a Deployment is rolled out.
    scaling = '{"min": 1, "max": 1, "lag": 100}'
    return render(
        f'kafka={{"topicPrefix": "{kafka.topic_prefix}", "partitions": 1, "replicationFactor": 1}}',
        f'keda={{"enabled": true, "processor": {scaling}, "alerts": {scaling}}}',
    )


def test_every_pod_gets_ready_and_ends_in_time(documents: list[Manifest], kafka: KafkaSettings, tmp_path: Path) -> None:
    (job,) = of_kind(documents, "Job").values()
    with Pod(job, kafka, tmp_path).running() as topics:
        assert topics.process.wait(60) == 0, topics.said
        assert topics.said.count("created ") > 10
    workloads = of_kind(documents, "Deployment", "StatefulSet")
    twice = ("news-sightline-processor", "news-sightline-alerts")
    pods = [Pod(manifest, kafka, tmp_path) for manifest in workloads.values()]
    pods += [Pod(workloads[name], kafka, tmp_path, 1) for name in twice]
    with ExitStack() as running:
        services = [running.enter_context(pod.running()) for pod in pods]
        for pod, service in zip(pods, services, strict=True):
            assert len(pod.probes) == len(PROBES)
            for path in pod.probes:
                _require_answer(service, path)
        _require_groups(of_kind(documents, "ScaledObject"), kafka)
        for pod, service in zip(pods, services, strict=True):
            assert service.stop(pod.grace_s) == 0, service.said
            assert "Read-only" not in service.said
            assert list(pod.tmp.iterdir()) == []


def test_writing_elsewhere_than_to_tmp_is_noticed(
    documents: list[Manifest], kafka: KafkaSettings, tmp_path: Path
) -> None:
    (job,) = of_kind(documents, "Job").values()
    pod = Pod(job, kafka, tmp_path)
    (elsewhere := tmp_path / "elsewhere").mkdir()
    for place, code in ((pod.tmp, 0), (elsewhere, 1)):
        with pod.running(f"open({str(place / 'file')!r}, 'w').close()") as process:
            assert process.process.wait(20) == code
            assert ("Read-only file system" in process.said) is bool(code)


def _require_answer(service: Service, path: str) -> None:
    wait_for(lambda: service.status(path)[0] == 200, f"{path} answers with 200")


def _require_groups(scaled: dict[str, Manifest], kafka: KafkaSettings) -> None:
    """The groups by which KEDA would scale are those that there are, with the topics that it would look at."""
    triggers = [trigger["metadata"] for each in scaled.values() for trigger in each["spec"]["triggers"]]
    asked = {trigger["consumerGroup"]: trigger["topic"] for trigger in triggers}
    admin = KafkaAdminClient(bootstrap_servers=kafka.servers)
    try:
        listed = {group["group_id"] for group in admin.list_groups()}
        assert set(asked) <= listed
        described = admin.describe_groups(list(asked))
    finally:
        admin.close()
    for group, topic in asked.items():
        assert topic in str(described[group]), (group, described[group])
