"""Decisions: what analysts say of single names of the watchlist."""

from enum import StrEnum

from pydantic import Field

from schemas.actor import Name
from schemas.base import Identifier, Message, Moment, Text


class Verdict(StrEnum):
    """What is decided of a name."""

    BLOCK = "block"
    ALLOW = "allow"


class NameDecision(Message):
    """That a name is never taken for an actor's, or always. A tombstone under its key undoes it.

    It travels on `watchlist.actors` beside the entries, under a key that begins with `decision|`, so that loading a
    list anew leaves it as it is.
    """

    actor_id: Identifier = Field(examples=["ofac-13126"])
    name: Name = Field(description="As the list spells it, or as it stands in the news.", examples=["The Doctor"])
    verdict: Verdict = Field(examples=["block"])
    author: Text = Field(min_length=1, max_length=200)
    comment: Text = Field(default="", max_length=2000)
    decided_at: Moment
