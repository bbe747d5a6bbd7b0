"""Turn the signals that ask us to end into an exception, once; after that, nothing disturbs the cleaning up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked us to end. Not an Exception: nothing that catches those should keep us going."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Interrupted inside at the first Ctrl-C, SIGTERM or SIGHUP, and ignore further ones until the end."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        raise Interrupted

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
