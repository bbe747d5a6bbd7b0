"""Whether a service lives, and whether it is ready: facts that the service reports, judged here."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

STALLED_S = 60.0


@dataclass
class Health:
    """Collects what may keep a service from being ready, and its heartbeat. Safe to use from several threads."""

    clock: Callable[[], float] = time.monotonic
    _problems: dict[str, str] = field(default_factory=dict)
    _last_beat: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def report(self, part: str, problem: str | None) -> None:
        """Say what is wrong with a part of the service, or None when it is well."""
        with self._lock:
            if problem is None:
                self._problems.pop(part, None)
            else:
                self._problems[part] = problem

    def beat(self) -> None:
        """Say that the main loop goes round."""
        self._last_beat = self.clock()

    def not_ready(self) -> str | None:
        """Return why the service is not ready, or None when it is."""
        with self._lock:
            problems = [f"{part}: {problem}" for part, problem in sorted(self._problems.items())]
        return "; ".join(problems) or self.not_alive()

    def not_alive(self) -> str | None:
        """Return why the service counts as stuck, or None when it lives."""
        if self._last_beat is None or (silent_s := self.clock() - self._last_beat) <= STALLED_S:
            return None
        return f"the main loop has stood still for {silent_s:.0f} s"
