"""Labels are read with their texts, from wherever those lie."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.eval import labels
from tests.eval.labels import read_labels


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of labels with the one file that always is there."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "seed_gold.json").write_bytes((labels.HERE / "seed_gold.json").read_bytes())
    monkeypatch.setattr(labels, "HERE", folder)
    return folder


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(lines.encode()) if path.suffix == ".gz" else lines.encode())


def test_what_ships_is_read_without_anything_beside_the_checkout() -> None:
    found = read_labels(shared=None)
    assert {"seed", "white_house.tune", "white_house.held"} <= found.sanctions.keys()
    assert {absent.name for absent in found.missing} >= {"dev", "pool", "entities_dev"}
    tune, held = ({row.id for row in found.sanctions[f"white_house.{half}"]} for half in ("tune", "held"))
    assert tune
    assert held
    assert not tune & held


def test_every_trigger_of_the_labels_that_ship_stands_in_its_text() -> None:
    for rows in read_labels(shared=None).sanctions.values():
        for row in rows:
            for mention in row.mentions:
                assert all(0 <= start < end <= len(row.text) for start, end in mention.triggers), row.id
                assert mention.status in mention.status_ok, row.id


def test_news_is_joined_by_place_and_language(here: Path, tmp_path: Path) -> None:
    write(here / "news_labels.jsonl", {"id": "wire:7#6-10", "mentions": []})
    write(
        tmp_path / "data" / "news" / "wire.jsonl.gz",
        {"id": "7", "lang": "de", "text": "Eins.\n\nZwei."},
        {"id": "7", "lang": "en", "text": "One.\n\nTwo."},
    )
    assert [row.text for row in read_labels(shared=tmp_path).sanctions["news"]] == ["Two."]


def test_an_id_without_its_text_is_named(here: Path, tmp_path: Path) -> None:
    write(here / "pool_labels.jsonl", {"id": "s1", "mentions": []}, {"id": "s2", "mentions": []})
    write(tmp_path / "eval" / "sanctions_pool.jsonl", {"id": "s1", "text": "Nothing."})
    with pytest.raises(ValueError, match="no text of s2"):
        read_labels(shared=tmp_path)


def test_an_id_that_stands_twice_is_refused(here: Path) -> None:
    write(here / "white_house.jsonl", *({"id": "w1", "text": "Nothing.", "mentions": []} for _ in range(2)))
    with pytest.raises(ValueError, match="w1 stands there twice"):
        read_labels(shared=None)


def test_kinds_of_names_that_are_not_scored_count_neither_way(here: Path) -> None:
    entities = [{"start": 0, "end": 6, "label": "NORP"}, {"start": 11, "end": 15, "label": "LOC"}]
    write(here / "entities.jsonl", {"id": "e1", "text": "French men like Asia", "entities": entities, "half": "held"})
    (row,) = read_labels(shared=None).entities["entities.held"]
    assert [entity.label for entity in row.entities] == ["GPE"]
    assert row.ignore == ((0, 6),)
