"""The `sightline` command: every subcommand explains itself by an example, and errors are one line."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from click.core import Group
from typer.testing import CliRunner

from services.cli.app import create_cli, main
from tests.conftest import CHECKOUT


def commands(group: Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, Group) or hasattr(command, "commands"):
            yield from commands(command, (*path, name))  # type: ignore[arg-type]  # typer brings its own click
        else:
            yield (*path, name)


ALL = sorted(commands(typer.main.get_command(create_cli())))  # type: ignore[arg-type]  # as above


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["sightline", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_commands_are_those_that_the_documentation_names() -> None:
    names = {" ".join(path) for path in ALL}
    assert {"up", "ingest", "processor", "alerts tail", "publish", "extract", "topics create", "settings"} <= names
    assert {"dead-letters list", "dead-letters replay"} <= names


@pytest.mark.parametrize("path", [*ALL, ("alerts",)], ids=" ".join)
def test_the_help_of_each_shows_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(create_cli(), [*path, "--help"])
    assert shown.exit_code == 0
    assert "Example: " in shown.output


@pytest.mark.parametrize(
    "arguments",
    [("publish", "seeds"), ("alerts", "tail"), ("topics", "create"), ("dead-letters", "list")],
    ids=" ".join,
)
def test_no_broker_is_one_line_that_says_what_to_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:1")
    assert run_main(monkeypatch, *arguments) == 2
    told = capsys.readouterr().err
    assert "nobody answers at 127.0.0.1:1" in told
    assert told.count("\n") == 1


def test_what_cannot_be_sent_again_is_refused() -> None:
    shown = CliRunner().invoke(create_cli(), ["dead-letters", "replay", "--all", "--topic", "alerts.state"])
    assert shown.exit_code == 2
    assert "'alerts.state' is none of articles," in " ".join(shown.output.replace("│", " ").split())


def test_without_any_cluster_the_way_to_one_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_main(monkeypatch, "topics", "create") == 2
    assert "set SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS, or start the local one" in capsys.readouterr().err


def test_extract_prints_one_result_a_line_and_names_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "articles.jsonl").write_text(
        '{"id": "one", "text": "Belarus faces sanctions from the European Union."}\n'
        '{"text": 5}\n{"id": "two", "text": "Rain."}\n'
    )
    done = CliRunner().invoke(
        create_cli(),
        ["extract", str(tmp_path / "articles.jsonl"), "--watchlist", str(CHECKOUT / "seeds" / "watchlist.yaml")],
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["article"]["id"] for result in results] == ["one", "two"]
    ((mention,), nothing) = (result["sanctions"] for result in results)
    assert nothing == []
    assert mention["senders"][0]["name"] == "European Union"
    assert mention["targets"][0]["text"] == "Belarus"
    assert done.exit_code == 1
    assert "text: Input should be a valid string" in done.stderr
