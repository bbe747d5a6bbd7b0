"""The runbook has an entry for each alert, and its commands and queries can be run as they stand."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from services.cli.app import create_cli
from tests.conftest import CHECKOUT
from tests.deploy.exports import TARGET, everything
from tests.deploy.promql import selectors
from tests.deploy.rule_files import alerts, rules
from tests.integration.prometheus import find_programs

TEXT = (CHECKOUT / "docs" / "runbook.md").read_text("utf-8")
ENTRIES = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))


def blocks(kind: str, text: str = TEXT) -> list[str]:
    """Return the lines of the code blocks of a kind."""
    found = re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line for block in found for line in block.splitlines()]


def commands() -> list[list[str]]:
    """Return each `sightline …`, in blocks and in sentences, without what it is piped or written to."""
    said = [line for line in blocks("sh") if "sightline " in line]
    said += [text.replace("\n", " ") for text in re.findall(r"(?<!`)`(sightline [^`]+)`(?!`)", TEXT)]
    found = []
    for line in said:
        words = shlex.split(line[line.index("sightline ") :])
        end = min((words.index(sign) for sign in ("|", ">") if sign in words), default=len(words))
        found.append(words[1:end])
    return found


def test_each_alert_has_an_entry_and_each_entry_an_alert() -> None:
    assert ENTRIES.keys() == alerts().keys()


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_says_what_it_means_for_whom_how_to_look_and_what_to_do(name: str) -> None:
    entry = ENTRIES[name]
    assert all(f"**{part}**" in entry for part in ("Means", "Affects", "Do"))
    assert blocks("promql", entry)


def test_what_is_referred_to_is_there() -> None:
    assert set(re.findall(r"\bSightline[A-Z]\w+", TEXT)) == ENTRIES.keys()
    settings = set(re.findall(r"\bSIGHTLINE_\w+", TEXT))
    known = (CHECKOUT / ".env.example").read_text("utf-8")
    assert settings
    assert [name for name in settings if f"{name}=" not in known] == []


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_is_one_that_there_is(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").mkdir()
    for file in ("seeds/watchlist.yaml", "letters.jsonl"):
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    command: Any = typer.main.get_command(create_cli())  # Any: typer brings its own click
    context, name, left = None, "sightline", list(words)
    while left and left[0] in getattr(command, "commands", {}):
        context = command.context_class(command, parent=context, info_name=name)
        name = left.pop(0)
        command = command.commands[name]
    assert not getattr(command, "no_args_is_help", False)
    if left:  # a sentence may do with the command's name
        command.make_context(name, left, parent=context)  # raises what the command line would complain of


def test_queries_are_promql_over_what_the_services_export(tmp_path: Path) -> None:
    known, recorded = everything(), {rule.name for rule in rules() if not rule.is_alert}
    queries = blocks("promql")
    for expression in queries:
        for name, labels in selectors(expression):
            assert name in recorded or labels <= known[name] | TARGET, expression
    listed = "".join(f"  - record: r{n}\n    expr: {query}\n" for n, query in enumerate(queries))
    (tmp_path / "rules.yml").write_text(f"groups:\n- name: g\n  rules:\n{listed}")
    checked = [find_programs().promtool, "check", "rules", "--lint=none", str(tmp_path / "rules.yml")]
    done = subprocess.run(checked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
