"""`sightline extract --entities`, and the setting that it overrides."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.app import create_cli
from tests.conftest import CHECKOUT

TEXT = "Angela Merkel met Emmanuel Macron of France on Tuesday."


@pytest.mark.parametrize(
    ("options", "setting", "models_run"),
    [
        ([], None, True),
        (["--entities", "all"], None, True),
        (["--entities", "relevant"], None, False),
        ([], "relevant", False),
        (["--entities", "all"], "relevant", True),
    ],
)
def test_where_entities_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], setting: str | None, *, models_run: bool
) -> None:
    if setting:
        monkeypatch.setenv("SIGHTLINE_EXTRACTION__ENTITIES", setting)
    (tmp_path / "article.txt").write_text(TEXT)
    watchlist = str(CHECKOUT / "seeds" / "watchlist.yaml")
    result = CliRunner().invoke(
        create_cli(), ["extract", str(tmp_path / "article.txt"), "--watchlist", watchlist, *options]
    )
    assert result.exit_code == 0
    methods = {entity["method"] for entity in json.loads(result.stdout)["entities"]}
    assert ("model" in methods) == models_run


def test_another_word_is_refused() -> None:
    result = CliRunner().invoke(create_cli(), ["extract", "--entities", "some"])
    assert result.exit_code == 2
    assert "relevant" in result.output
