"""End a service when it is told to."""

import os
import signal
import threading
from types import FrameType


def stop_on_signals(stop: threading.Event, *, grace_s: float) -> None:
    """Set `stop` on SIGTERM and SIGINT; end the process with exit code 1 if it still runs `grace_s` seconds later.

    Only for services that may be ended at any moment without losing or doubling anything.
    """

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        last_resort = threading.Timer(grace_s, os._exit, [1])
        last_resort.daemon = True
        last_resort.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
