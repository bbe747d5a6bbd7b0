"""A real Alertmanager for the tests: the one on the machine, else Debian's package unpacked in our cache directory."""

import json
import os
import platform
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.core.settings import load_settings
from services.local.fetch import cache_dir
from services.local.ports import choose_ports
from tests.waiting import wait_until

# Where Debian's build looks for its templates, and the same, as long, from the directory that it is started in.
_FILES, _FILES_HERE = b"/usr/share/prometheus/alertmanager", b"usr/share/prometheus/alertmanager/"
_NAMES = ("alertmanager", "prometheus-alertmanager")  # upstream's and Debian's


def find_alertmanager() -> str:
    """Return the program, fetching Debian's package where it is not; skip where there is no Debian."""
    unpacked = cache_dir(load_settings(find_local=False).local) / "alertmanager"
    path = os.pathsep.join([os.environ.get("PATH", ""), str(unpacked / "usr" / "bin")])
    found = _which(path)
    if found is None and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        _unpack_debian_package(unpacked)
        found = _which(path)
    if found is None:
        pytest.skip(f"Alertmanager is not here, and {platform.system()} has no apt-get to fetch Debian's package with")
    return found


def _which(path: str) -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name, path=path))), None)


def _unpack_debian_package(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    print(f"fetching Debian's package of Alertmanager into {target}")  # noqa: T201 - pytest shows it with -s
    download = ["apt-get", "download", "prometheus-alertmanager"]
    if subprocess.run(download, cwd=target, capture_output=True, check=False).returncode != 0:
        # A machine that has never been updated knows no package lists.
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        subprocess.run(download, cwd=target, capture_output=True, check=False)
    for package in target.glob("prometheus-alertmanager_*.deb"):
        subprocess.run(["dpkg-deb", "-x", package.name, "."], cwd=target, capture_output=True, check=True)
        program = target / "usr" / "bin" / _NAMES[-1]
        program.write_bytes(program.read_bytes().replace(_FILES, _FILES_HERE))


@contextmanager
def run_alertmanager(program: str, directory: Path, config: dict[str, Any]) -> Iterator[str]:
    """Run it on loopback, without a cluster; yield its address."""
    (directory / "alertmanager.yml").write_text(json.dumps(config))  # JSON is YAML
    (port,) = choose_ports([0])
    command = [
        program,
        f"--config.file={directory / 'alertmanager.yml'}",
        f"--storage.path={directory / 'data'}",
        "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (directory / "alertmanager.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=Path(program).parents[2], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(
            lambda: _answers(f"{address}/-/ready"), deadline_s=20, told=(directory / "alertmanager.log").read_text
        )
        yield address
    finally:
        process.terminate()
        process.wait(10)


def call(address: str, path: str, body: Any = None, *, method: str | None = None) -> Any:
    """Call the v2 API and return what it answers."""
    request = urllib.request.Request(
        f"{address}/api/v2/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        read = answer.read()
    return json.loads(read) if read else None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
