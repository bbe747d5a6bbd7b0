"""Read every labelled text once, and compare what was found with the labels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemas import EnrichedArticle, IdentifiedArticle, TextField
from services.extraction.pipeline import Extractor
from tests.eval.labels import ENTITY_LABELS, GoldEntities, GoldRow, Labels
from tests.eval.scoring import Comparison, Counts, compare, counts
from tests.eval.spans import EntityCounts, entity_counts


@dataclass(frozen=True, slots=True)
class Reader:
    """Extracts from texts; one that was read already is not read again."""

    extractor: Extractor
    _read: dict[str, EnrichedArticle] = field(default_factory=dict)

    def read(self, name: str, text: str) -> EnrichedArticle:
        """Return everything found in a text."""
        if text not in self._read:
            self._read[text] = self.extractor.extract(IdentifiedArticle(id=name, text=text))
        return self._read[text]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found, set by set: the sanctions mentions beside their labels, and the counts of names."""

    sanctions: Mapping[str, tuple[Comparison, ...]]
    entities: Mapping[str, EntityCounts]


def evaluate(reader: Reader, labels: Labels) -> Evaluation:
    """Compare extraction with the labels of every set."""
    return Evaluation(
        sanctions={name: tuple(_compared(reader, rows)) for name, rows in labels.sanctions.items()},
        entities={name: _named(reader, rows) for name, rows in labels.entities.items()},
    )


def total(comparisons: Iterable[Comparison]) -> Counts:
    """Return the counts of a set."""
    return sum(map(counts, comparisons), Counts())


def _compared(reader: Reader, rows: Sequence[GoldRow]) -> Iterator[Comparison]:
    for row in rows:
        yield compare(row, reader.read(row.id, row.text).sanctions)


def _named(reader: Reader, rows: Sequence[GoldEntities]) -> EntityCounts:
    found = EntityCounts()
    for row in rows:
        entities = reader.read(row.id, row.text).entities
        spans = [
            (entity.start, entity.end, ENTITY_LABELS[entity.label])
            for entity in entities
            if entity.field is TextField.TEXT and entity.label in ENTITY_LABELS
        ]
        found += entity_counts(row, spans)
    return found
