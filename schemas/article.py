"""The article: what ingest publishes, and what any producer may send with nothing but a text."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from schemas.base import Identifier, Message, Moment, Text, require_encodable

Address = Annotated[str, StringConstraints(max_length=4096), AfterValidator(require_encodable)]
Label = Annotated[str, StringConstraints(max_length=512), AfterValidator(require_encodable)]
NonBlank = Annotated[str, StringConstraints(min_length=1, pattern=r"\S"), AfterValidator(require_encodable)]


def _require_encodable_values(extra: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Refuse lone surrogates anywhere in `extra`."""
    waiting: list[JsonValue] = [extra]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            require_encodable(value)
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            waiting.extend(value.keys())
            waiting.extend(value.values())
    return extra


class Article(Message):
    """A piece of news. Only `text` is required.

    Without an `id`, one is derived from the canonical `url`, else from `text`, so that the same article sent twice
    is the same article.
    """

    text: NonBlank = Field(
        description="The body as plain text; paragraphs are separated by line breaks.",
        examples=["Belarus faces sanctions from the European Union."],
    )
    id: Identifier | None = Field(
        default=None,
        description="Stable identity; derived from `url` or `text` when absent.",
        examples=["a-5f0c7d1e9b3a4c2d8e6f7a1b2c3d4e5f"],
    )
    title: Text | None = Field(default=None, description="The headline.", examples=["Lukashenko in Beijing"])
    url: Address | None = Field(default=None, examples=["https://news.example/lukashenko-in-beijing"])
    source: Label | None = Field(
        default=None,
        description="Who published it: an outlet, a feed, a desk.",
        examples=["Example Wire"],
    )
    published_at: Moment | None = Field(
        default=None, description="ISO 8601; without a zone it is UTC.", examples=["2023-02-28T09:00:00Z"]
    )
    lang: Label | None = Field(default=None, description="BCP 47 language tag.", examples=["en"])
    extra: Annotated[dict[str, JsonValue], AfterValidator(_require_encodable_values)] = Field(
        default_factory=dict,
        description="Anything else to keep beside the article.",
        examples=[{"desk": "Eastern Europe"}],
    )


class IdentifiedArticle(Article):
    """An article whose identity is settled."""

    id: Identifier = Field(description="Stable identity.", examples=["a-5f0c7d1e9b3a4c2d8e6f7a1b2c3d4e5f"])


class ArticleRef(Message):
    """What a mention, co-occurrence or alert carries of its article: everything but the text."""

    id: Identifier = Field(examples=["a-5f0c7d1e9b3a4c2d8e6f7a1b2c3d4e5f"])
    title: Text | None = None
    url: Text | None = None
    source: Text | None = None
    published_at: Moment | None = None
    lang: Text | None = None
