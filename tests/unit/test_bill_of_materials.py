"""`make sbom` names every locked package with its hashes, and is the same for the same lock file."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT


@pytest.fixture
def make(tmp_path: Path) -> str:
    found = shutil.which("make")
    assert found, "make is needed to work on Sightline at all"
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).symlink_to(CHECKOUT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return found


def test_every_locked_package_is_named(make: str, tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        subprocess.run([make, "-s", "-o", ".venv/.installed", "sbom"], cwd=tmp_path, check=True, timeout=120)
        written.append((tmp_path / "dist" / "sbom.cdx.json").read_text("utf-8"))
    assert written[0] == written[1]
    bill = json.loads(written[0])
    locked = dict(
        re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", (CHECKOUT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    )
    assert {part["name"]: part["version"] for part in bill["components"]} == locked
    assert all(part["externalReferences"][0]["hashes"] for part in bill["components"])
    assert bill["metadata"]["component"]["name"] == "sightline"
