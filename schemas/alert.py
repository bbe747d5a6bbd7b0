"""Alerts: what people subscribe to."""

from typing import Annotated

from pydantic import Field

from schemas.article import ArticleRef
from schemas.base import Identifier, Message, Moment
from schemas.extraction import ActorMention, SanctionsMention, Scope
from schemas.rule import Severity
from schemas.span import Span


class RuleRef(Message):
    """The rule that raised an alert, as it was then."""

    id: Identifier = Field(examples=["same-sentence"])
    name: str = Field(examples=["Two watched actors in one sentence"])
    version: str = Field(description="Digest of the rule's content.", examples=["3f9a1c07"])


class Alert(Message):
    """Two watched actors stand together in an article, and a rule says that this is worth knowing.

    The id is derived from the rule, the pair and the article: the same article processed again is the same alert.
    """

    id: Identifier
    rule: RuleRef
    severity: Severity
    labels: dict[str, str] = Field(default_factory=dict)
    actors: tuple[ActorMention, ActorMention] = Field(description="Sorted by actor id.")
    scope: Scope
    distance: int | None = Field(ge=0, description="Code points between the two mentions; null across fields.")
    evidence: tuple[Span, ...] = Field(min_length=1, max_length=2)
    sanctions: tuple[SanctionsMention, ...] = ()
    article: ArticleRef
    cooccurrence_id: Identifier
    summary: str = Field(
        description="One sentence for people.",
        examples=["Alexander Lukashenko and Vladimir Putin in one sentence of 'Lukashenko in Beijing' (Example Wire)"],
    )
    raised_at: Moment = Field(description="When the co-occurrence was written to its topic.")


class AlertState(Message):
    """What the alerts service remembers of one rule and actor pair: the alerts it has raised."""

    alert_ids: Annotated[tuple[str, ...], Field(description="Newest last; bounded.")] = ()
