"""How likely two names are of one bearer, by a sum of weights learnt from labelled pairs (`make train`)."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import exp

from schemas import ActorType
from services.watchlist.likeness.features import SAME_WORDS, TOO_LITTLE, name_features

WEIGHTS = "likeness_weights.json"
LIKELY = 0.6  # from here on they are taken for one: see docs/watchlists.md


def name_likeness(first: str, second: str, kind: ActorType) -> float:
    """Return how likely two names of actors of one type are of one bearer, from 0 to 1.

    The same in either order. Who has a name that many have is another question.
    """
    first, second = sorted((first, second))
    return weigh(name_features(first, second, kind), _weights())


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return how likely a pair with these features is of one bearer; without any it is not."""
    if not features:
        return 0.0
    if features[f"person {TOO_LITTLE}"]:
        return 0.0
    if features[SAME_WORDS] and not features["form other"]:
        return 1.0
    total = sum(weights[name] * value for name, value in features.items()) + weights["bias"]
    return 1 / (1 + exp(-total))


@cache
def _weights() -> Mapping[str, float]:
    text = (resources.files("services.watchlist") / "data" / WEIGHTS).read_text("utf-8")
    weights: dict[str, float] = json.loads(text)
    return weights
