"""Wait for an effect, never for a time."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], *, deadline_s: float, told: Callable[[], object] = str) -> None:
    """Return as soon as `holds` does; fail, saying what `told` returns, if it does not in time."""
    deadline = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {deadline_s} s: {told()}"
        time.sleep(0.02)
