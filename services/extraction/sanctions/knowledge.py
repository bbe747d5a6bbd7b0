"""Everything that sanctions mentions are read with, loaded once."""

from dataclasses import dataclass

from services.extraction.sanctions.judge import Judge
from services.extraction.sanctions.linear import load_models
from services.extraction.sanctions.references import References, load_references
from services.extraction.sanctions.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What does not depend on watchlist or article.

    Attributes:
        vocabulary: What the rules know of words.
        judge: Weighs what the rules read.
        references: What pronouns and bare nouns can stand for.
    """

    vocabulary: Vocabulary
    judge: Judge
    references: References


def load_knowledge() -> Knowledge:
    """Return the knowledge that ships with Sightline."""
    return Knowledge(load_vocabulary(), Judge(load_models()), load_references())
