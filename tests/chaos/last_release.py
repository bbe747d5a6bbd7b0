"""Unpack the code of the last release from the history of the repository that the tests stand in."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.chaos.workers import CHECKOUT

_NO_TAG_YET = Path(__file__).with_suffix(".yaml")
# What the services are and what they read. What is installed beside them is that of today.
_UNPACKED = ("schemas", "services", "seeds", "pyproject.toml")


class NoHistoryError(Exception):
    """The last release cannot be had from here; says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """Code of an earlier version, unpacked.

    Attributes:
        name: Its tag, or the beginning of its commit.
        checkout: The folder that holds it.
    """

    name: str
    checkout: Path


def unpack_last_release(folder: Path) -> Release:
    """Unpack the newest release before the commit that is tested, under `folder`.

    Raises:
        NoHistoryError: There is no repository, or its history does not reach back so far.
    """
    name = _last_release()
    checkout = folder / name
    checkout.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(_git("archive", name, *_UNPACKED))) as archive:
        archive.extractall(checkout, filter="data")
    return Release(name, checkout)


def _last_release() -> str:
    """Return the newest tag before this commit, or what stands for it while there is none."""
    if not (CHECKOUT / ".git").exists():
        msg = "this is no clone of the repository: the last release is unpacked from the history"
        raise NoHistoryError(msg)
    try:
        # A release is compared with the one before it: its own tag does not count.
        return _git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^").decode().strip()
    except subprocess.CalledProcessError:
        commit = str(yaml.safe_load(_NO_TAG_YET.read_text("utf-8"))["commit"])[:12]
    try:
        _git("cat-file", "-e", f"{commit}^{{commit}}")
    except subprocess.CalledProcessError as error:
        msg = f"the history of this clone does not hold {commit}: fetch it whole with `git fetch --unshallow --tags`"
        raise NoHistoryError(msg) from error
    return commit


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        msg = "there is no git here: the last release is unpacked from the history"
        raise NoHistoryError(msg) from error
