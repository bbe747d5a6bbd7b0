"""A real Prometheus for the tests: the one on the machine, else Debian's package unpacked in our cache directory."""

import json
import os
import platform
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.core.settings import load_settings
from services.local.fetch import cache_dir
from services.local.ports import choose_ports
from tests.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the two programs are."""

    prometheus: str
    promtool: str


def find_programs() -> Programs:
    """Return Prometheus and promtool, fetching Debian's package where they are not; fail where there is no Debian."""
    unpacked = cache_dir(load_settings(find_local=False).local) / "prometheus"
    path = os.pathsep.join([os.environ.get("PATH", ""), str(unpacked / "usr" / "bin")])
    found = [shutil.which(name, path=path) for name in ("prometheus", "promtool")]
    if not all(found) and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        _unpack_debian_package(unpacked)
        found = [shutil.which(name, path=path) for name in ("prometheus", "promtool")]
    prometheus, promtool = found
    if prometheus is None or promtool is None:
        pytest.fail(
            "install Prometheus, or put prometheus and promtool in PATH: "
            f"{platform.system()} has no apt-get to fetch Debian's package with"
        )
    return Programs(prometheus, promtool)


def _unpack_debian_package(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    print(f"fetching Debian's package of Prometheus into {target}")  # noqa: T201 - pytest shows it with -s
    download = ["apt-get", "download", "prometheus"]
    if subprocess.run(download, cwd=target, capture_output=True, check=False).returncode != 0:
        # A machine that has never been updated knows no package lists.
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        subprocess.run(download, cwd=target, capture_output=True, check=False)
    for package in target.glob("prometheus_*.deb"):
        subprocess.run(["dpkg-deb", "-x", package.name, "."], cwd=target, capture_output=True, check=True)


@contextmanager
def run_prometheus(
    programs: Programs, directory: Path, targets: Mapping[str, int], rules: Iterable[Path] = ()
) -> Iterator[str]:
    """Run it against ports on loopback, one job for each, scraping every second; yield its address."""
    scrapes = [
        {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]} for job, port in targets.items()
    ]
    every = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    config = {"global": every, "rule_files": [str(file) for file in rules], "scrape_configs": scrapes}
    (directory / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
    (port,) = choose_ports([0])
    command = [programs.prometheus, "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    with (directory / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"], cwd=directory, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(f"{address}/-/ready"), deadline_s=20, told=(directory / "prometheus.log").read_text)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def query(address: str, promql: str) -> list[Any]:
    """Return the result of an instant query."""
    result: list[Any] = ask(address, "query", query=promql)["result"]
    return result


def ask(address: str, path: str, **parameters: str) -> Any:
    """Return the data that an address of the API, version 1, answers with; `match` is sent as `match[]`."""
    pairs = {"match[]" if name == "match" else name: value for name, value in parameters.items()}
    with urllib.request.urlopen(f"{address}/api/v1/{path}?{urllib.parse.urlencode(pairs)}", timeout=10) as answer:
        return json.load(answer)["data"]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
