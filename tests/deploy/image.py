"""Carry out a Dockerfile without Docker: in clean roots made by debootstrap, instruction by instruction.

Of the base image it is assumed that it is Debian with a Python 3.11, which debootstrap's root is too. Needs root.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from tests.conftest import CHECKOUT

DOCKERFILE = CHECKOUT / "deploy" / "docker" / "Dockerfile"
SUITE = "bookworm"
_PACKAGES = "python3,python3-venv,ca-certificates"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MIRROR = "http://deb.debian.org/debian"
_ARGUMENT = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
# How packages are reached from here; whoever builds the image has an own way.
_PASSED_ON = (
    "PIP_",
    "SSL_",
    "REQUESTS_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


@dataclass(slots=True)
class Stage:
    """What a stage of the Dockerfile has led to so far."""

    root: Path
    name: str
    folder: str = "/"
    variables: dict[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    user: str = "0:0"
    command: list[str] = field(default_factory=list)


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile in their order, comments left out: name and value."""
    with DOCKERFILE.open("rb") as file:
        parsed = DockerfileParser(fileobj=file).structure  # type: ignore[arg-type]  # it wants bytes
    return [(entry["instruction"], entry["value"]) for entry in parsed if entry["instruction"] != "COMMENT"]


def build(folder: Path, arguments: Mapping[str, str]) -> Stage:
    """Carry out the Dockerfile, and return its last stage."""
    if os.geteuid() != 0:
        pytest.fail("the image's steps need root: a clean Debian is made, and changed into")
    base = _clean_debian(folder)
    values: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for instruction, raw in instructions():
        value = _filled(raw, {**values, **(stage.variables if stage else {})})
        if instruction == "ARG":
            name, _, default = value.partition("=")
            values[name] = arguments.get(name, default)
        elif instruction == "FROM":
            name = value.partition(" AS ")[2] or "final"
            stage = stages[name] = Stage(folder / name, name)
            subprocess.run(["cp", "-a", base, stage.root], check=True)
        else:
            assert stage is not None
            _carry_out(stage, instruction, value, stages)
    assert stage is not None
    return stage


def _carry_out(stage: Stage, instruction: str, value: str, stages: Mapping[str, Stage]) -> None:
    match instruction:
        case "WORKDIR":
            stage.folder = value
            (stage.root / value.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "ENV":
            stage.variables.update(pair.partition("=")[::2] for pair in value.split())
        case "COPY":
            _copy(stage, value.split(), stages)
        case "RUN":
            _run(stage, value)
        case "USER":
            stage.user = value
        case "ENTRYPOINT":
            stage.command = json.loads(value)


def _copy(stage: Stage, words: list[str], stages: Mapping[str, Stage]) -> None:
    source = CHECKOUT
    if words[0].startswith("--from="):
        source = stages[words.pop(0).removeprefix("--from=")].root
    *names, target = words
    goal = stage.root / (target if target.startswith("/") else f"{stage.folder}/{target}").lstrip("/")
    for name in names:
        path = source / name.lstrip("/")
        if path.is_dir():
            shutil.copytree(path, goal, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            into_folder = target.endswith("/") or goal.is_dir()
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, goal / path.name if into_folder else goal)


def _run(stage: Stage, command: str) -> None:
    passed_on = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    environment = {"HOME": "/root", **passed_on, **stage.variables}
    done = subprocess.run(
        ["chroot", stage.root, "/bin/sh", "-c", f"cd {stage.folder} && {command}"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"RUN {command}\n{done.stdout}{done.stderr}"


@contextmanager
def run_read_only(stage: Stage, *arguments: str, **variables: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the entry point as a container with a read-only root does: nothing but /tmp can be written."""
    root = str(stage.root)
    mounts = (
        f"mount --bind {root} {root} && mount -o remount,ro,bind {root} && mount -t tmpfs tmpfs {root}/tmp && "
        f"mount -t proc proc {root}/proc && mount --rbind /dev {root}/dev && "
        f'exec chroot --userspec={stage.user} {root} /bin/sh -c \'cd {stage.folder} && exec "$0" "$@"\' "$@"'
    )
    process = subprocess.Popen(
        ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mounts, "sh", *stage.command, *arguments],
        env={**stage.variables, **variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _clean_debian(folder: Path) -> Path:
    """Return a root with nothing but Debian, Python and the certificates of this machine."""
    root = folder / "debian"
    subprocess.run(
        [_debootstrap(folder), "--variant=minbase", f"--include={_PACKAGES}", SUITE, root, _mirror()],
        env={**os.environ, "DEBOOTSTRAP_DIR": str(folder / "tools/usr/share/debootstrap")}
        if (folder / "tools").exists() else None,
        check=True, capture_output=True,
    )  # fmt: skip
    for name in (_BUNDLE, "etc/resolv.conf", "etc/hosts"):
        shutil.copy2(f"/{name}", root / name)
    return root


def _debootstrap(folder: Path) -> str:
    """The program on the machine, else that of Debian's package."""
    found = shutil.which("debootstrap")
    if found is not None:
        return found
    tools = folder / "tools"
    tools.mkdir()
    download = ["apt-get", "download", "debootstrap"]
    if subprocess.run(download, cwd=tools, capture_output=True, check=False).returncode != 0:
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        subprocess.run(download, cwd=tools, capture_output=True, check=True)
    (package,) = tools.glob("debootstrap_*.deb")
    subprocess.run(["dpkg-deb", "-x", package, tools], check=True, capture_output=True)
    return str(tools / "usr" / "sbin" / "debootstrap")


def _mirror() -> str:
    """Where this machine gets Debian from."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    sites = [
        line for line in told.stdout.splitlines() if line.startswith("http") and line.rstrip("/").endswith("/debian")
    ]
    return sites[0] if sites else _MIRROR


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with variables put in; what is none of ours is the shell's."""
    return _ARGUMENT.sub(lambda match: values.get(match[1] or match[2], match[0]), text)
