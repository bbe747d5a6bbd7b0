"""What a light installation lacks is named; nothing that it should run needs it."""

import subprocess
import sys
import tomllib

import pytest

from services.core.extras import EXTRAS, missing_extra
from tests.conftest import CHECKOUT

# Hides the modules of all extras, as if nothing but the light requirements were installed.
HIDE = f"""
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in {set(EXTRAS)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
sys.argv = ["sightline", *sys.argv[1:]]
"""


def run_light(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", HIDE + code, *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("module", ["ingest.app", "alerts.app", "alerts.notifier.app", "cli.app"])
def test_light_services_need_no_extra(module: str) -> None:
    done = run_light(f"import services.{module}")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("command", "extra"), [("processor", "extraction"), ("up", "local"), ("extract", "extraction")]
)
def test_a_command_whose_extra_is_missing_says_what_to_install(command: str, extra: str) -> None:
    done = run_light("from services.cli.app import main; main()", command)
    assert done.returncode == 2
    assert f"pip install 'sightline[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_whoever_names_a_collector_without_the_extra_is_told_what_to_install() -> None:
    code = """
import os
os.environ |= {"SIGHTLINE_TRACING__ENDPOINT": "http://127.0.0.1:1", "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": "a:1"}
from services.ingest.__main__ import main
sys.exit(main())
"""
    done = run_light(code)
    assert done.returncode == 2
    assert "SIGHTLINE_TRACING__ENDPOINT is set, but " in done.stderr
    assert "pip install 'sightline[tracing]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_each_module_is_of_an_extra_that_there_is() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert set(EXTRAS.values()) == set(project["optional-dependencies"])
    assert missing_extra(ModuleNotFoundError("No module named 'json2'", name="json2")) is None
