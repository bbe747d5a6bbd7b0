"""Importing anything does nothing: no client, no model, no socket, no setting is read."""

import os
import pkgutil
import subprocess
import sys

import pytest

import schemas
import services

MODULES = sorted(
    module.name
    for package in (schemas, services)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
)
PROBE = """
import os, socket, sys, threading

# Libraries may read variables of their own while they are imported, and so come before the guards.
import faust, fastapi, feedparser, httpx, kafka, rich.console, spacy, structlog, trafilatura, typer, uvicorn

class Guarded(dict):
    def __getitem__(self, name):
        assert not str(name).startswith("SIGHTLINE"), f"{name} was read while importing"
        return super().__getitem__(name)

    def get(self, name, default=None):
        return self[name] if name in self else default

def refuse(*_, **__):
    raise AssertionError("a connection was opened while importing")

os.environ = Guarded(os.environ)
socket.socket.connect = refuse
before = threading.active_count()
for name in sys.argv[1:]:
    __import__(name)
assert threading.active_count() == before, threading.enumerate()
"""


@pytest.mark.timeout(120)
def test_importing_every_module_does_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *MODULES],
        env={"PATH": os.environ["PATH"], "SIGHTLINE_KAFKA__PARTITIONS": "not a number"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
