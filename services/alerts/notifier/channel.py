"""What every way to a receiver has in common: an event is delivered, refused for good, or may be tried again."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from schemas import Alert
from services.core.errors import PermanentError, TransientError
from services.core.headers import TRACEPARENT

_MIN_SECRET = 4  # shorter ones would black out half of every text, and protect nothing
_HIDDEN = "***"
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Event:
    """An event of `alerts` on its way to a receiver.

    Attributes:
        alert: The event.
        raw: As it stands on the topic.
        partition: Where it stands.
        traceparent: The span in which it was raised: part of the event, the same for every receiver and attempt.
        hop: The span of this delivery: for the header of a request, where the way to the receiver has headers.
    """

    alert: Alert
    raw: bytes
    partition: int
    traceparent: str | None = None
    hop: str | None = None

    @property
    def trace_headers(self) -> dict[str, str]:
        """What a request that delivers it says of the trace."""
        return {} if self.hop is None else {TRACEPARENT: self.hop}


class Refused(PermanentError):  # noqa: N818 - says what happened
    """The receiver will not take this event, however often it is sent."""


class TryAgain(TransientError):  # noqa: N818 - says what to do
    """It failed and may succeed later; the receiver may have said when."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Channel(Protocol):
    """A way to one receiver."""

    def deliver(self, event: Event) -> str:
        """Deliver an event, and return what was answered, without secrets.

        Raises:
            Refused: For good.
            TryAgain: For now.
        """

    def close(self) -> None:
        """Let go of connections."""


def secrets_in(url: str) -> frozenset[str]:
    """Return every part of an address that may be a secret: of many services the path or even the host is a token."""
    parts = urlsplit(url)
    pieces = {url, parts.netloc, parts.username or "", parts.password or "", parts.hostname or "", parts.query}
    pieces |= set(parts.path.split("/")) | {value for _, value in parse_qsl(parts.query)}
    pieces |= {unquote(piece) for piece in pieces}
    return frozenset(piece for piece in pieces if len(piece) >= _MIN_SECRET)


def without_secrets(text: str, secrets: frozenset[str]) -> str:
    """Return one line of a text, bounded, with every secret blacked out."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]} …"
