"""Log each change of a service's readiness once: one line when something is amiss, one when it is well again."""

from services.core.health import Health
from services.core.logging import get_logger

_log = get_logger(__name__)


class ReadinessLog:
    """Remembers what was logged last; look now and then, once a second or so."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._last: str | None = ""

    def look(self) -> None:
        """Log why the service is not ready, or that it is, if that is news."""
        problem = self._health.not_ready()
        if problem != self._last:
            if problem is None:
                _log.info("ready")
            else:
                _log.warning("not_ready", problem=problem)
        self._last = problem
