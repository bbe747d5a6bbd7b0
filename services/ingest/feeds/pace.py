"""Be polite to each host: one request at a time, and a pause between two."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]


class HostPace:
    """Gives each host's requests their turn."""

    def __init__(self, interval_s: float, *, clock: Clock, sleep: Sleep) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait until the host of `url` may be asked, and keep others from asking it until the block ends."""
        host = urlsplit(url).netloc.lower()
        async with self._turns[host]:
            wait_s = self._free_at.get(host, 0.0) - self._clock()
            if wait_s > 0:
                await self._sleep(wait_s)
            try:
                yield
            finally:
                self._free_at[host] = self._clock() + self._interval_s
