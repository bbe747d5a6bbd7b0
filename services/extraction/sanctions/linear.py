"""Linear models over named features: their weights ship as data, and a score is a sum that can be read."""

import gzip
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

_DATA = "services.extraction"
_MAX_SCORE = 500.0  # `exp` overflows beyond 709
WEIGHTS = "sanctions_weights.json.gz"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Multinomial logistic regression.

    Attributes:
        classes: What it tells apart; a model of two classes has weights for the second only.
        bias: One number per class, or one.
        weights: For each feature, one number per class, or one.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, Sequence[float]]

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Return the probability of each class; features without weight count nothing, repeated ones once."""
        scores = self._scores(features)
        if len(scores) == 1:
            scores.insert(0, 0.0)
        top = max(scores)
        exponentials = [math.exp(score - top) for score in scores]
        total = sum(exponentials)
        return {name: value / total for name, value in zip(self.classes, exponentials, strict=True)}

    def probability(self, features: Iterable[str]) -> float:
        """Return the probability of the second of two classes."""
        (score,) = self._scores(features)
        return 1.0 / (1.0 + math.exp(-max(-_MAX_SCORE, min(_MAX_SCORE, score))))

    def _scores(self, features: Iterable[str]) -> list[float]:
        scores = list(self.bias)
        for feature in dict.fromkeys(features):
            for number, weight in enumerate(self.weights.get(feature, ())):
                scores[number] += weight
        return scores


def load_models() -> dict[str, LinearModel]:
    """Return the models that ship with Sightline, by name."""
    packed = (resources.files(_DATA) / "data" / WEIGHTS).read_bytes()
    return {name: _model(stored) for name, stored in json.loads(gzip.decompress(packed)).items()}


def _model(stored: Mapping[str, Any]) -> LinearModel:
    return LinearModel(tuple(stored["classes"]), tuple(stored["bias"]), stored["weights"])
