"""`make train`: train the models that weigh what the rules read, and print what cross-validation by document says.

The weights that ship come from the labels named in `TRAINED_ON`; a half called `held` is never among them. Nothing here
is needed to run Sightline: the models are sums of weights, which `services/extraction/sanctions/linear.py` adds up.
"""

import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas import ArticleRef, IdentifiedArticle
from services.extraction.pipeline import Extractor, load_extractor
from services.extraction.sanctions.features import mention_features, status_features
from services.extraction.sanctions.judge import Judge, Judgement, by_rules, right_features
from services.extraction.sanctions.linear import WEIGHTS, LinearModel
from services.extraction.sanctions.reading import Reading
from services.extraction.sanctions.role_features import role_features
from services.watchlist.file import read_watchlist
from tests.conftest import CHECKOUT
from tests.eval.labels import GoldMention, GoldRow, read_labels
from tests.eval.name_pairs import PAIRS, read_pairs
from tests.eval.name_training import train_names
from tests.eval.scoring import Counts, compare, counts
from tests.eval.verdicts import fills

TRAINED_ON = ("constructions", "dev", "pool", "white_house.tune", "news.tune")
# How likely a judgement is right is learnt from the texts labelled last, when most rules were written: on earlier ones
# the rules are right more often than they will be.
SURENESS_FROM, SINCE = "white_house.tune", 803
FOLDS = 10
# Inverse strength of regularisation, the best of a few under cross-validation.
STRENGTH = {"mention": 1.0, "status": 0.8, "sender": 0.6, "target": 0.4, "right": 0.3}
MIN_ROWS = 2  # a feature seen in a single example says nothing of others
_SLOTS = ("sender", "target")

Examples = tuple[list[list[str]], list[Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """A trigger with its label: `gold` is None where it is no mention; `optional` ones teach nothing."""

    reading: Reading
    gold: GoldMention | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text and its triggers."""

    row: GoldRow
    article: ArticleRef
    examples: tuple[Example, ...]

    @property
    def fold(self) -> int:
        """The part of the cross-validation it belongs to: all texts of a document to the same."""
        return hashlib.md5((self.row.doc or self.row.id).encode(), usedforsecurity=False).digest()[0] % FOLDS


def main() -> int:
    """Train, print the cross-validated figures, and write the weights."""
    extractor = load_extractor(read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml"))
    labels = read_labels()
    for absent in labels.missing:
        sys.stdout.write(f"Left out: {absent.name}, as {absent.why}.\n")
    known = [name for name in TRAINED_ON if name in labels.sanctions]
    sets = {name: [read(extractor, row) for row in labels.sanctions[name]] for name in known}
    everything = [row for rows in sets.values() for row in rows]
    judged = cross_validate(everything)
    last = {id(row) for row in sets[SURENESS_FROM] if int(row.row.id.removeprefix("wh-")) >= SINCE}
    sureness = right_examples(each for each in judged if id(each.row) in last)
    models = train(everything) | {"right": fit(sureness, STRENGTH["right"])}
    for name, line in report(extractor, sets, judged).items():
        sys.stdout.write(f"{name:18} {line}\n")
    write(models)
    if PAIRS.exists():
        for line in train_names(read_pairs()):
            sys.stdout.write(f"{'names':18} {line}\n")
    else:
        sys.stdout.write("Left out: names, as the labelled pairs are not here.\n")
    return 0


def read(extractor: Extractor, row: GoldRow) -> Row:
    """Return the triggers of a labelled text, each with the label it belongs to."""
    article = IdentifiedArticle(id=row.id, text=row.text)
    ref = ArticleRef.model_validate(article.model_dump())
    readings = [reading for reading in extractor.readings(article) if not reading.setting.trigger.implied]
    mentions = [extractor.reader.mention(ref, reading, by_rules(reading), 0.0) for reading in readings]
    found = compare(row, mentions)
    gold = {id(pair.found): pair.gold for pair in found.pairs}
    invented = {id(mention) for mention in found.invented}
    return Row(
        row,
        ref,
        tuple(
            Example(reading, gold.get(id(mention)), id(mention) in gold or id(mention) in invented)
            for reading, mention in zip(readings, mentions, strict=True)
        ),
    )


def train(rows: Sequence[Row]) -> dict[str, LinearModel]:
    """Return the models for mentions, their status and their slots."""
    examples = [example for row in rows for example in row.examples if example.counts]
    mentions = [(example.reading, example.gold) for example in examples if example.gold is not None]
    models = {
        "mention": fit(
            (
                [list(mention_features(example.reading)) for example in examples],
                [example.gold is not None for example in examples],
            ),
            STRENGTH["mention"],
        ),
        "status": fit(
            ([list(status_features(reading)) for reading, _ in mentions], [_status(r, g) for r, g in mentions]),
            STRENGTH["status"],
        ),
    }
    for slot in _SLOTS:
        features, right = [], []
        for reading, gold in mentions:
            for candidate in reading.candidates:
                features.append(list(role_features(candidate, reading, slot)))
                right.append(fills(gold, slot, candidate.parties))
        models[slot] = fit((features, right), STRENGTH[slot])
    return models


def _status(reading: Reading, gold: GoldMention) -> str:
    """The label; what the rules say where that is accepted too."""
    return str(reading.standing.status if reading.standing.status in gold.status_ok else gold.status)


def fit(examples: Examples, strength: float) -> LinearModel:
    """Return a multinomial logistic regression of examples."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - only whoever trains has it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    features, answers = examples
    rows = Counter(feature for row in features for feature in set(row))
    kept = [{feature: 1.0 for feature in row if rows[feature] >= MIN_ROWS} for row in features]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(kept)
    regression = LogisticRegression(C=strength, max_iter=1000, tol=1e-5).fit(matrix, answers)
    names = vectorizer.get_feature_names_out()
    return LinearModel(
        classes=tuple(map(str, regression.classes_)),
        bias=tuple(round(float(bias), 4) for bias in regression.intercept_),
        weights={
            str(name): tuple(round(float(weight), 4) for weight in regression.coef_[:, number])
            for number, name in enumerate(names)
        },
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what models that were not trained on it say of each trigger."""

    row: Row
    judgements: tuple[Judgement | None, ...]


def cross_validate(rows: Sequence[Row]) -> list[Judged]:
    """Judge each row by models trained on the other parts."""
    judged: list[Judged] = []
    for fold in range(FOLDS):
        judge = Judge(train([row for row in rows if row.fold != fold]))
        judged.extend(
            Judged(row, tuple(judge.judge(example.reading) for example in row.examples))
            for row in rows
            if row.fold == fold
        )
    return judged


def right_examples(judged: Iterable[Judged]) -> Examples:
    """Return features and answers of the model that says how likely a judgement is right."""
    features, right = [], []
    for each in judged:
        for example, judgement in zip(each.row.examples, each.judgements, strict=True):
            if judgement is not None and example.counts:
                features.append(list(right_features(example.reading, judgement)))
                right.append(example.gold is not None and _is_right(example, judgement, example.gold))
    return features, right


def _is_right(example: Example, judgement: Judgement, gold: GoldMention) -> bool:
    target, sender = judgement.target.candidate, judgement.sender.candidate
    return (
        judgement.status in gold.status_ok
        and example.reading.standing.negated == gold.negated
        and fills(gold, "target", target.parties if target else ())
        and fills(gold, "sender", sender.parties if sender else ())
    )


def report(extractor: Extractor, sets: Mapping[str, Sequence[Row]], judged: Iterable[Judged]) -> dict[str, str]:
    """Return a line of cross-validated figures for each set."""
    by_id = {id(each.row): each for each in judged}
    lines = {}
    whole = Counts()
    for name, rows in sets.items():
        total = Counts()
        for row in rows:
            mentions = [
                extractor.reader.mention(row.article, example.reading, judgement, 0.0)
                for example, judgement in zip(row.examples, by_id[id(row)].judgements, strict=True)
                if judgement is not None
            ]
            total += counts(compare(row.row, mentions))
        lines[name] = _line(total)
        whole += total
    return lines | {"all": _line(whole)}


def _line(total: Counts) -> str:
    figures = total.figures()
    short = {
        "detection_precision": "P",
        "detection_recall": "R",
        "detection_f1": "F1",
        "sender_accuracy": "sender",
        "target_accuracy": "target",
        "status_accuracy": "status",
        "fact_f1": "fact F1",
    }
    return " ".join(f"{name} {figures[key]:.3f}" for key, name in short.items()) + (
        f" negatives {total.negatives_hit}/{total.negatives} of {total.gold}"
    )


def write(models: Mapping[str, LinearModel]) -> None:
    """Write the weights where they are read from; the same weights give the same bytes."""
    stored = {
        name: {
            "classes": model.classes,
            "bias": model.bias,
            "weights": {name: weights for name, weights in sorted(model.weights.items()) if any(weights)},
        }
        for name, model in sorted(models.items())
    }
    text = json.dumps(stored, separators=(",", ":"), ensure_ascii=False)
    path = CHECKOUT / "services" / "extraction" / "data" / WEIGHTS
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    sys.exit(main())
