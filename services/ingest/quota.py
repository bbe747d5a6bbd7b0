"""How many requests each client may send: a bucket of a minute's requests that fills up evenly."""

from collections import OrderedDict
from dataclasses import dataclass, field

_MINUTE_S = 60.0
_CLIENTS = 100_000  # remembered; of more, those that were not seen for longest begin anew


@dataclass(slots=True)
class Quota:
    """Remembers of each client only when its bucket will be full again.

    Attributes:
        per_minute: Requests; 0: no limit.
    """

    per_minute: int
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def take(self, client: str, *, now: float) -> float:
        """Take one request from a client's bucket.

        Args:
            client: Whoever asks.
            now: In seconds, on a clock that never goes back.

        Returns:
            0 if it may be served, else in how many seconds the next one may.
        """
        if not self.per_minute:
            return 0.0
        step_s = _MINUTE_S / self.per_minute
        full_at = max(now, self._full_at.get(client, now)) + step_s
        wait_s = full_at - now - _MINUTE_S
        if wait_s > 1e-6:  # what adding up many steps may be off by
            return wait_s
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > _CLIENTS:
            self._full_at.popitem(last=False)
        return 0.0
