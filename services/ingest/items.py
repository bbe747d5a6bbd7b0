"""What reading a source yields: articles, and what was no article."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from schemas import IdentifiedArticle, Reason
from services.core.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that was read and holds no article.

    Attributes:
        origin: Where it was read: a path, a feed's address, `-` for standard input.
        reason: The closed list of reasons; `PROCESSING_FAILED` where the source itself cannot be read.
        message: A sentence that names the line or item, the field and the limit.
    """

    origin: str
    reason: Reason
    message: str


Item = IdentifiedArticle | Rejected


class Read(Protocol):
    """Reads the articles of one stream, one after the other; what holds no article is an item too, never an error."""

    def __call__(self, stream: BinaryIO, origin: str, *, max_text_bytes: int) -> Iterator[Item]:
        """Yield the stream's items in order.

        Args:
            stream: The content; it may be far larger than memory.
            origin: Named in each `Rejected`.
            max_text_bytes: Largest text of an article, in bytes of UTF-8.
        """


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write articles down.

    Attributes:
        suffixes: Lower case, with the dot.
        media_types: As in a `Content-Type` header, lower case, without parameters.
    """

    suffixes: tuple[str, ...]
    media_types: tuple[str, ...]
    read: Read


def rejected(origin: str, problem: Unreadable, *, place: str = "") -> Rejected:
    """Return the item that stands for a problem, its message led by the place inside the source."""
    return Rejected(origin, problem.reason, f"{place}: {problem}" if place else str(problem))
