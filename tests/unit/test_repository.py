"""What is generated is not stale, and the project stays readable."""

import ast
from pathlib import Path

import pytest

from deploy.grafana.build import WRITTEN, dashboards
from services.cli.settings import example_lines
from tests.conftest import CHECKOUT

SOURCES = sorted(
    path
    for folder in ("schemas", "services", "deploy", "tests")
    for path in (CHECKOUT / folder).rglob("*.py")
    if path.stat().st_size
)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50


def test_the_example_of_settings_is_not_stale() -> None:
    assert (CHECKOUT / ".env.example").read_text("utf-8").splitlines() == list(example_lines()), "run `make contract`"


def test_the_dashboards_are_not_stale() -> None:
    written = {file.name: file.read_text("utf-8") for file in WRITTEN.iterdir()}
    assert written == dashboards(), "run `make dashboards`"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_files_and_functions_stay_short(source: Path) -> None:
    text = source.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < MAX_FUNCTION_LINES, node.name


def test_locked_requirements_hold_hashes_and_no_addresses() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        lines = (CHECKOUT / lock).read_text("utf-8").splitlines()
        pinned = [line for line in lines if "==" in line]
        assert pinned
        assert all(line.rstrip().endswith("\\") for line in pinned), "a package without a hash"
        assert not [line for line in lines if "://" in line]
