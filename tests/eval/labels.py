"""Read the hand-made labels: those in this folder, and those beside the checkout, where they are there."""

import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from schemas import Measure, Status
from tests.conftest import CHECKOUT

HERE = Path(__file__).parent
SHARED = CHECKOUT.parent / "shared"

# What is scored of entities, by the names that labels and extraction use; a facility or region is a place like another.
ENTITY_LABELS = {"PERSON": "PERSON", "PER": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "GPE", "FAC": "GPE"}


class _Label(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class GoldMention(_Label):
    """A labelled mention; `*_ok` lists further answers that count as right, None there an empty slot."""

    measure: Measure
    status: Status
    status_ok: tuple[Status, ...]
    negated: bool
    senders: tuple[str, ...]
    sender_ok: tuple[str | None, ...]
    targets: tuple[str, ...]
    target_ok: tuple[str | None, ...]
    optional: bool
    triggers: tuple[tuple[int, int], ...]


class GoldRow(_Label):
    """A text and the mentions in it; `doc` is the document it stands in."""

    id: str
    text: str
    mentions: tuple[GoldMention, ...]
    half: str | None = None
    doc: str | None = None


class GoldEntity(_Label):
    """A named span."""

    start: int
    end: int
    label: str


class GoldEntities(_Label):
    """A text and the names in it; `ignore` are stretches where a further name counts neither way."""

    id: str
    text: str
    entities: tuple[GoldEntity, ...]
    ignore: tuple[tuple[int, int], ...] = Field(default=())
    half: str | None = None


_R = TypeVar("_R", GoldRow, GoldEntities)
_Rows = TypeVar("_Rows")


@dataclass(frozen=True, slots=True)
class Missing:
    """A set that cannot be read here, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Everything there is to measure against. Sets are named after their file, `FILE.HALF` where it is halved."""

    sanctions: Mapping[str, tuple[GoldRow, ...]]
    entities: Mapping[str, tuple[GoldEntities, ...]]
    missing: tuple[Missing, ...]

    def only(self, names: Collection[str]) -> "Labels":
        """Return the sets of these names; a file's name stands for its halves."""

        def chosen(sets: Mapping[str, _Rows]) -> dict[str, _Rows]:
            return {name: rows for name, rows in sets.items() if {name, name.partition(".")[0]} & set(names)}

        return Labels(chosen(self.sanctions), chosen(self.entities), ())


def read_labels(*, shared: Path | None = SHARED) -> Labels:
    """Read every label file.

    Args:
        shared: The folder of labels and texts that are no part of the project; None reads only what is.

    Raises:
        ValueError: An id stands twice in a file, or a text that labels refer to is not where it should be.
    """
    sanctions: dict[str, tuple[GoldRow, ...]] = {}
    entities: dict[str, tuple[GoldEntities, ...]] = {}
    missing: list[Missing] = []
    here = Path("nowhere") if shared is None else shared

    def add(name: str, labels: Path, texts: Path | None = None) -> None:
        absent = [path for path in (labels, texts) if path is not None and not path.exists()]
        if absent:
            missing.append(Missing(name, f"{absent[0].name} is not here"))
            return
        rows = (GoldRow.model_validate(row) for row in _joined(_lines(labels), texts))
        sanctions.update(_halves(name, _unique(name, rows)))

    def add_entities(name: str, labels: Path) -> None:
        if labels.exists():
            entities.update(_halves(name, _unique(name, map(_entity_row, _lines(labels)))))
        else:
            missing.append(Missing(name, f"{labels.name} is not here"))

    seed = seed_gold()
    sanctions["seed"] = (GoldRow.model_validate(seed),)
    add("constructions", HERE / "constructions.jsonl")
    add("white_house", HERE / "white_house.jsonl")
    add("dev", here / "eval" / "sanctions_dev.jsonl")
    add("pool", HERE / "pool_labels.jsonl", here / "eval" / "sanctions_pool.jsonl")
    add("news", HERE / "news_labels.jsonl", here / "data" / "news")
    entities["seed"] = (_entity_row(seed),)
    add_entities("entities", HERE / "entities.jsonl")
    add_entities("entities_dev", here / "eval" / "entities_dev.jsonl")
    return Labels(sanctions, entities, tuple(missing))


def seed_gold() -> dict[str, Any]:
    """Return the labels of the seed article, with its text."""
    gold: dict[str, Any] = json.loads((HERE / "seed_gold.json").read_text("utf-8"))
    return gold | {"id": "seed", "text": (CHECKOUT / gold["article"]).read_bytes().decode()}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _joined(rows: Iterable[dict[str, Any]], texts: Path | None) -> Iterator[dict[str, Any]]:
    """The rows with their texts: from a file of rows, or from a folder of corpora."""
    if texts is None:
        yield from rows
        return
    labelled = list(rows)
    wanted = {str(row["id"]) for row in labelled}
    known = _paragraphs(texts, wanted) if texts.is_dir() else {row["id"]: row["text"] for row in _lines(texts)}
    if lost := sorted(wanted - known.keys()):
        raise ValueError(f"{texts.name} holds no text of {', '.join(lost)}")
    yield from (row | {"text": known[row["id"]]} for row in labelled)


def _paragraphs(folder: Path, wanted: Iterable[str]) -> dict[str, str]:
    """Find paragraphs by id, `CORPUS:ARTICLE#START-END`, offsets half-open in code points of the article's text."""
    places: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in wanted:
        corpus, _, rest = name.partition(":")
        article, _, place = rest.rpartition("#")
        places[corpus][article].add(place)
    found = {}
    for corpus, articles in places.items():
        for article, text in _english(folder / f"{corpus}.jsonl.gz", articles):
            for place in articles[article]:
                start, end = map(int, place.split("-"))
                found[f"{corpus}:{article}#{place}"] = text[start:end]
    return found


def _english(corpus: Path, articles: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Id and text of those articles; a corpus may hold translations under the same id."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if str(row["id"]) in articles and row["lang"] == "en":
                yield str(row["id"]), row["text"]


def _entity_row(row: dict[str, Any]) -> GoldEntities:
    """A row as it is scored: kinds of names that are not, such as nationalities, count neither way."""
    scored, ignore = [], list(row.get("ignore", ()))
    for entity in row["entities"]:
        if entity["label"] in ENTITY_LABELS:
            scored.append(entity | {"label": ENTITY_LABELS[entity["label"]]})
        else:
            ignore.append((entity["start"], entity["end"]))
    return GoldEntities.model_validate(row | {"entities": scored, "ignore": ignore})


def _unique(name: str, rows: Iterable[_R]) -> list[_R]:
    read: dict[str, _R] = {}
    for row in rows:
        if row.id in read:
            raise ValueError(f"{name}: {row.id} stands there twice")
        read[row.id] = row
    return list(read.values())


def _halves(name: str, rows: Iterable[_R]) -> dict[str, tuple[_R, ...]]:
    halves: dict[str, list[_R]] = defaultdict(list)
    for row in rows:
        halves[f"{name}.{row.half}" if row.half else name].append(row)
    return {half: tuple(found) for half, found in sorted(halves.items(), reverse=True)}
