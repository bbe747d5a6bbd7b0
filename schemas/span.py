"""Spans: exact slices of an article's title or text."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.base import Message, Offset


class TextField(StrEnum):
    """The fields of an article that extraction reads."""

    TITLE = "title"
    TEXT = "text"


class Span(Message):
    """A half-open slice of one field: `article.<field>[start:end] == text`, in Unicode code points."""

    field: TextField = Field(description="The article's field that the offsets index.", examples=["text"])
    start: Offset = Field(examples=[44])
    end: Offset = Field(description="One past the last code point.", examples=[64])
    text: str = Field(description="Exactly what stands there.", examples=["Alexander Lukashenko"])

    @model_validator(mode="after")
    def _length_agrees(self) -> Self:
        if self.end - self.start != len(self.text):
            msg = f"span [{self.start}:{self.end}] does not have the length of its text ({len(self.text)})"
            raise ValueError(msg)
        return self


class Party(Span):
    """A span that fills a role of a sanctions mention, linked to an actor where one is known."""

    actor_id: str | None = Field(default=None, description="The known actor it names, if any.", examples=["eu"])
    name: str | None = Field(
        default=None,
        description="The actor's name, or the name a pronoun or description stands for.",
        examples=["European Union"],
    )
