"""`sightline watchlist`: lists are checked, counted and searched."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.app import create_cli
from services.core.listing import ListingError

LIST = """{"id": "a", "name": "José PÉREZ", "type": "person", "aliases": ["Perez, Pepe"], "countries": ["cu"]}
{"id": "b", "name": "Perez Trading", "type": "company", "weak_aliases": ["PT"], "programmes": ["CUBA"]}
"""


@pytest.fixture
def listed(tmp_path: Path) -> str:
    path = tmp_path / "list.jsonl"
    path.write_text(LIST, "utf-8")
    return str(path)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(create_cli(), ["watchlist", *arguments])
    return result.exit_code, result.output


def test_validate_names_the_format(listed: str) -> None:
    assert run("validate", listed) == (0, f"{listed}: Sightline JSON lines\nok: 2 actors\n")


def test_validate_says_what_is_wrong(listed: str) -> None:
    Path(listed).write_text(LIST + '{"id": "c"}\n', "utf-8")
    result = CliRunner().invoke(create_cli(), ["watchlist", "validate", listed])
    assert isinstance(result.exception, ListingError)
    assert "line 3: entry `c`, name: " in str(result.exception)


def test_stats_counts(listed: str) -> None:
    code, output = run("stats", listed)
    assert code == 0
    counts = {
        what.strip(): int(count) for count, _, what in (line.strip().partition("  ") for line in output.splitlines())
    }
    assert counts == {
        "actors": 2,
        "person": 1,
        "company": 1,
        "further names": 1,
        "weak names": 1,
        "with a country": 1,
        "with a birth date": 0,
        "with a number of a document or register": 0,
        "on several lists": 0,
    }


def test_search_finds_words_of_one_name_in_any_order(listed: str) -> None:
    assert run("search", "perez jose", listed) == (0, "1.00  a  José PÉREZ (person; cu)\n")
    assert run("search", "PEPE perez", listed)[1] == "1.00  a  José PÉREZ (person; cu)  as Perez, Pepe\n"
    assert run("search", "pt", listed) == (0, "1.00  b  Perez Trading (company; CUBA)  as PT\n")
    assert run("search", "--type", "vessel", "pt", listed) == (1, "")
    assert run("search", "jose trading", listed) == (1, "")
    assert json.loads(run("search", "--json", "pt", listed)[1])["weak_aliases"] == ["PT"]
