"""Corrections: what follows when an article is published again and no longer says what it said."""

from typing import Literal

from pydantic import Field

from schemas.base import Identifier, Message, Moment


class Retraction(Message):
    """An article that had brought two actors together was corrected, and does so no longer.

    It travels on `actors.cooccurrences`, behind the co-occurrence that it takes back.
    """

    retracted: Literal[True] = True
    article_id: Identifier
    actor_ids: tuple[Identifier, Identifier] = Field(description="Sorted.")
    arrived_at: Moment = Field(description="When the corrected article came to `articles`.")


class ArticleState(Message):
    """What the alerts service remembers of an article, so that it can take back what a correction no longer says."""

    arrived_at: Moment
    pairs: tuple[tuple[str, str], ...] = Field(description="Ids of the actors that it brings together.")
