"""Co-occurrences to try rules on."""

from schemas import (
    ActorMention,
    ActorType,
    ArticleRef,
    CoOccurrence,
    LinkMethod,
    Measure,
    SanctionsMention,
    Scope,
    Span,
    Status,
    TextField,
)
from services.core.identity import cooccurrence_id

TEXT = "Ann met Bob despite sanctions."


def span(text: str) -> Span:
    start = TEXT.index(text)
    return Span(field=TextField.TEXT, start=start, end=start + len(text), text=text)


def actor(identity: str, text: str, **changes: object) -> ActorMention:
    given = {
        **span(text).model_dump(),
        "actor_id": identity,
        "name": identity.title(),
        "type": ActorType.PERSON,
        "method": LinkMethod.NAME,
        "score": 1.0,
        **changes,
    }
    return ActorMention.model_validate(given)


def mention(article: str, **changes: object) -> SanctionsMention:
    given = {
        "id": "m-1",
        "article": ArticleRef(id=article),
        "measure": Measure.SANCTIONS,
        "status": Status.IMPOSED,
        "trigger": span("sanctions"),
        "evidence": span(TEXT),
        "confidence": 0.9,
        **changes,
    }
    return SanctionsMention.model_validate(given)


def cooccurrence(article: str = "a-1", actors: tuple[str, str] = ("ann", "bob"), **changes: object) -> CoOccurrence:
    first, second = sorted(actors)
    given = {
        "id": cooccurrence_id(article, actors),
        "article": ArticleRef(id=article, title="A meeting", source="Example Wire"),
        "actors": (actor(first, "Ann"), actor(second, "Bob")),
        "scope": Scope.SENTENCE,
        "distance": 5,
        "evidence": (span(TEXT),),
        "extractor": "test/1",
        **changes,
    }
    return CoOccurrence.model_validate(given)
