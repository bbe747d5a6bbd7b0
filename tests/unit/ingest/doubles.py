"""What a test's web site answers, and a publisher that remembers what it was given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from schemas import IdentifiedArticle
from services.core.errors import BrokerUnavailable, Unreadable


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None  # called before answering


@dataclass
class Site:
    """Answers each path with its replies in turn, the last one for ever."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, *replies: Reply) -> str:
        self.replies[path] = list(replies)
        return self.url + path


@dataclass
class Remembering:
    """Stands for the broker: takes everything, unless told to be away or to refuse."""

    published: list[IdentifiedArticle] = field(default_factory=list)
    traceparents: list[str | None] = field(default_factory=list)
    away: bool = False
    refuse: Callable[[IdentifiedArticle], Unreadable | None] = lambda _: None

    def publish(
        self, articles: Sequence[IdentifiedArticle], *, traceparent: str | None = None
    ) -> list[Unreadable | None]:
        if self.away:
            raise BrokerUnavailable("kafka:9092 has not acknowledged within 30 s")
        self.published += articles
        self.traceparents.append(traceparent)
        return [self.refuse(article) for article in articles]
