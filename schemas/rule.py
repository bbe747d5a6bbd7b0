"""Rules: which co-occurrences are worth an alert."""

from enum import StrEnum

from pydantic import Field

from schemas.actor import ActorType
from schemas.base import Identifier, Message, Score
from schemas.extraction import Measure, Scope, Status


class Severity(StrEnum):
    """How urgent an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class ActorSelector(Message):
    """Picks actors: every list that is given must be met, each by any one of its values; no list picks anyone."""

    ids: tuple[str, ...] = Field(default=(), examples=[["alexander-lukashenko"]])
    types: tuple[ActorType, ...] = Field(default=(), examples=[["person"]])
    countries: tuple[str, ...] = Field(
        default=(), description="ISO 3166-1 alpha-2, lower case.", examples=[["ru", "by"]]
    )
    tags: tuple[str, ...] = Field(default=(), examples=[["mercenaries"]])


class SanctionsCondition(Message):
    """Asks for a sanctions mention in the evidence. Every list that is given must be met by the same mention."""

    measures: tuple[Measure, ...] = Field(default=(), examples=[["sanctions", "asset_freeze"]])
    statuses: tuple[Status, ...] = Field(default=(), examples=[["evaded"]])
    min_confidence: Score = 0.0


class Rule(Message):
    """Which co-occurrences raise an alert, and how urgent it is."""

    id: Identifier = Field(examples=["same-sentence"])
    name: str = Field(min_length=1, examples=["Two watched actors in one sentence"])
    severity: Severity = Severity.INFO
    scope: Scope = Field(default=Scope.SENTENCE, description="The widest scope that counts.")
    actors: tuple[ActorSelector, ...] = Field(
        default=(),
        max_length=2,
        description="One selector: either actor meets it. Two: one actor meets each. None: any two watched actors.",
    )
    sanctions: SanctionsCondition | None = None
    min_score: Score = Field(default=0.0, description="Lowest link score of either actor that counts.")
    labels: dict[str, str] = Field(default_factory=dict, examples=[{"desk": "sanctions"}])
