"""A message to write, and what to say of one that is too large."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schemas import Reason, Topic
from services.core.errors import Unreadable
from services.core.headers import TRACEPARENT, Headers

_RECORD_OVERHEAD = 512  # what a record costs beside its key, value and headers, generously


@dataclass(frozen=True, slots=True)
class Output:
    """A message to write; a partition only where it is not the key that decides."""

    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None

    @property
    def size(self) -> int:
        """Bytes of the record, or a little more."""
        headers = sum(len(name) + len(value or b"") for name, value in self.headers)
        return _RECORD_OVERHEAD + len(self.key or b"") + len(self.value or b"") + headers


def traced(outputs: Iterable[Output], traceparent: str) -> tuple[Output, ...]:
    """Return messages as part of a trace."""
    header = (TRACEPARENT, traceparent.encode())
    return tuple(replace(output, headers=[*output.headers, header]) for output in outputs)


def too_large(output: Output, limit: int) -> Unreadable:
    """Return the error of a result that no message can carry."""
    message = f"the result for {output.topic} has {output.size:,} bytes; the limit is {limit:,}"
    return Unreadable(Reason.OUTPUT_TOO_LARGE, message)
