"""Train the weights by which two names are judged, and say what cross-validation makes of them.

The pairs are not part of the project, the weights are: 31 numbers in `services/watchlist/data/likeness_weights.json`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence

from services.watchlist.likeness import score
from services.watchlist.likeness.features import name_features
from tests.conftest import CHECKOUT
from tests.eval.name_pairs import NamePair, f1

FOLDS = 10
STRENGTH = 0.1  # inverse strength of regularisation, the best of a few under cross-validation


def train_names(pairs: Sequence[NamePair]) -> Iterator[str]:
    """Write the weights learnt from all pairs, and yield lines on what those of other pairs make of each."""
    folds = _folds(pairs)
    judged = [0.0] * len(pairs)
    for fold in range(FOLDS):
        weights = _fit([pair for pair, of in zip(pairs, folds, strict=True) if of != fold])
        for number, (pair, of) in enumerate(zip(pairs, folds, strict=True)):
            if of == fold:
                judged[number] = score.weigh(_features(pair), weights)
    yield f"F1 {f1(judged, pairs, score.LIKELY):.3f} of {len(pairs)} pairs, each judged by weights of other names"
    path = CHECKOUT / "services" / "watchlist" / "data" / score.WEIGHTS
    path.write_text(json.dumps(_fit(pairs), indent=1) + "\n", "utf-8")


def _features(pair: NamePair) -> dict[str, float]:
    first, second = sorted((pair.first, pair.second))
    return name_features(first, second, pair.kind)


def _fit(pairs: Sequence[NamePair]) -> dict[str, float]:
    """The weights of a logistic regression of the features as they are."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only whoever trains has it
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    features = [_features(pair) for pair in pairs]
    names = list(features[0])
    scaler = StandardScaler()
    matrix = scaler.fit_transform([[each[name] for name in names] for each in features])
    regression = LogisticRegression(C=STRENGTH, max_iter=5000).fit(matrix, [pair.is_match for pair in pairs])
    weights = regression.coef_[0] / scaler.scale_
    bias = regression.intercept_[0] - (weights * scaler.mean_).sum()
    return {"bias": round(float(bias), 4)} | {
        name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)
    }


def _folds(pairs: Sequence[NamePair]) -> list[int]:
    """A part of the cross-validation for each pair: the same for pairs that share a name, if only through others."""
    group: dict[str, str] = {}

    def first(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for pair in pairs:
        group[first(pair.first)] = first(pair.second)
    return [hashlib.md5(first(pair.first).encode(), usedforsecurity=False).digest()[0] % FOLDS for pair in pairs]
