"""Notifications: what went to whom, when and why; and silences, which keep it from going."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.alert import AlertKind
from schemas.base import Identifier, Message, Moment
from schemas.rule import Severity


class Outcome(StrEnum):
    """What became of an attempt to notify."""

    DELIVERED = "delivered"
    FAILED = "failed"  # and will be tried again
    GIVEN_UP = "given_up"  # after the last try: the event is in `alerts.dead-letter`
    SILENCED = "silenced"
    MUTED = "muted"


class Notification(Message):
    """One attempt to tell one receiver of one event of an alert, or why none was made."""

    id: Identifier = Field(description="Derived from event, receiver and attempt.")
    event_id: Identifier = Field(description="The event of `alerts`.")
    alert_id: Identifier
    kind: AlertKind
    rule_id: Identifier
    severity: Severity
    actor_ids: tuple[str, ...]
    receiver: Identifier
    route: str = Field(description="The route that sent it there.", examples=["sanctions-desk"])
    attempt: int = Field(ge=0, description="From 1; 0 where none was made.")
    outcome: Outcome
    detail: str | None = Field(default=None, description="What the receiver answered, or why nothing was sent.")
    retry_at: Moment | None = None
    silence_id: Identifier | None = None
    at: Moment


class Silence(Message):
    """Keeps matching alerts from notifying anybody for a time. The alerts themselves go on."""

    id: Identifier
    matchers: tuple[str, ...] = Field(
        min_length=1,
        description="As Alertmanager writes them (`=`, `!=`, `=~`, `!~`); all must match.",
        examples=[["rule=same-sentence", "actor=~vladimir-putin|xi-jinping"]],
    )
    author: str = Field(min_length=1)
    comment: str = Field(min_length=1)
    starts_at: Moment
    ends_at: Moment

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_at < self.starts_at:
            msg = "ends_at lies before starts_at"
            raise ValueError(msg)
        return self
