"""What a client is told of each article it sent, and the status that sums it up."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas import Reason
from services.ingest.items import Item, Rejected


class Model(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class AcceptedArticle(Model):
    """The broker has acknowledged the article."""

    status: Literal["accepted"] = "accepted"
    id: str = Field(description="The article's id in everything that is published about it.")


class RejectedArticle(Model):
    """The article was not published, and will not be however often it is sent."""

    status: Literal["rejected"] = "rejected"
    reason: Reason
    message: str = Field(
        description="A sentence that names the field and the limit.",
        examples=["text is empty: an article needs at least one character that is no space"],
    )


class Answer(Model):
    """One result an article, in the order they were sent."""

    results: tuple[AcceptedArticle | RejectedArticle, ...]
    accepted: int = Field(ge=0)
    rejected: int = Field(ge=0)


class Problem(Model):
    """Why the request as a whole was not taken; nothing of it was published, or it may be sent again without harm."""

    detail: str


def answer(outcomes: Iterable[Item]) -> Answer:
    """Sum up what has become of each article: published, or rejected."""
    results = tuple(
        RejectedArticle(reason=outcome.reason, message=outcome.message)
        if isinstance(outcome, Rejected)
        else AcceptedArticle(id=outcome.id)
        for outcome in outcomes
    )
    accepted = sum(isinstance(result, AcceptedArticle) for result in results)
    return Answer(results=results, accepted=accepted, rejected=len(results) - accepted)


def status_of(summary: Answer) -> HTTPStatus:
    """Return the status of an answer: 202 all accepted, 207 some, else what is wrong with all of them."""
    if summary.accepted:
        return HTTPStatus.MULTI_STATUS if summary.rejected else HTTPStatus.ACCEPTED
    return _common_status([result.reason for result in summary.results if isinstance(result, RejectedArticle)])


def _common_status(reasons: Sequence[Reason]) -> HTTPStatus:
    statuses = {_STATUSES.get(reason, HTTPStatus.UNPROCESSABLE_ENTITY) for reason in reasons}
    return statuses.pop() if len(statuses) == 1 else HTTPStatus.UNPROCESSABLE_ENTITY


_STATUSES = {
    Reason.NOT_JSON: HTTPStatus.BAD_REQUEST,
    Reason.NOT_UTF8: HTTPStatus.BAD_REQUEST,
    Reason.TEXT_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.OUTPUT_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
