"""What a loop asks of those who do its work, and what they give back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from schemas import Alert, Reason, Topic
from services.alerts.memory import Size, Stored
from services.core.dead_letters import Received, dead_letter_headers, reason_of
from services.core.errors import Unreadable
from services.core.headers import ARTICLE_TIME, read_header
from services.core.outputs import Output, too_large


@dataclass(frozen=True, slots=True)
class Work:
    """What became of one message, or of the passing of time.

    Attributes:
        outputs: To be written, states apart.
        alerts: The events among them.
        repeats: Articles that said what was known already.
        forgotten: Articles, stories and episodes dropped because there were too many.
        article_time: When the article came to `articles`.
        failed: Why the message was set aside, if it was.
    """

    outputs: tuple[Output, ...] = ()
    alerts: tuple[Alert, ...] = ()
    repeats: int = 0
    forgotten: int = 0
    article_time: datetime | None = None
    failed: Reason | None = None


class Book(Protocol):
    """Keeps what a loop remembers, and works on its messages. Nothing lasts before `keep`."""

    source: Topic
    state: Topic

    def restore(self, partition: int, states: dict[str, Stored]) -> None:
        """Take in the states of a partition that is ours now."""

    def forget(self, partition: int) -> None:
        """Drop those of a partition that is somebody else's."""

    def work_on(self, received: Received, written_at: datetime) -> Work:
        """Return what follows from a message; never raises because of what it holds."""

    def tick(self, partition: int, now: datetime) -> list[Work]:
        """Return what follows from time alone."""

    def states(self) -> list[Output]:
        """Return the states that all of this changed."""

    def keep(self, written: Iterable[Output]) -> None:
        """Make the changes last."""

    def take_back(self) -> None:
        """Drop the changes."""

    def refresh(self) -> None:
        """Look whether what the book goes by has changed; called between batches."""

    def size(self) -> Size:
        """Return how much is remembered."""


def set_aside(received: Received, error: Exception, source: Topic, *, failed_at: datetime) -> Work:
    """Return the dead letter of a message."""
    headers = dead_letter_headers(received, error, failed_at=failed_at)
    # kafka-python sends no message that has neither key nor value.
    key = b"" if received.key is None and received.value is None else received.key
    return Work((Output(source.dead_letter, key, received.value, headers),), failed=reason_of(error))


def require_small(outputs: Iterable[Output], max_bytes: int) -> None:
    """Refuse what the producer would refuse: in a transaction that would fail the whole batch again and again.

    Raises:
        Unreadable: One is larger than a message may be.
    """
    for output in outputs:
        if output.size > max_bytes:
            raise too_large(output, max_bytes)


def require_utf8(raw: bytes | None) -> bytes:
    """Return the value of a message that can hold JSON.

    Raises:
        Unreadable: It is null or no UTF-8.
    """
    if raw is None:
        raise Unreadable(Reason.NULL_VALUE, "the value is null: a tombstone holds nothing")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(Reason.NOT_UTF8, f"the value is not UTF-8: byte {error.start} ({error.reason})") from error
    return raw


def arrival_time(received: Received, written_at: datetime) -> datetime:
    """Return when the article came to `articles`: what its header says, else when this message was written."""
    try:
        moment = datetime.fromisoformat(read_header(received.headers, ARTICLE_TIME) or "")
    except ValueError:
        return written_at
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
