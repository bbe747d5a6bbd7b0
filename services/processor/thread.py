"""One thread that does work for an event loop, in order, and never holds up the end of the process."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_T = TypeVar("_T")


class DaemonThread:
    """Runs one call after the other.

    The standard library's executor would keep a stopping process alive until the call under way returns, and a long
    article takes longer than a stop may.
    """

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, call: Callable[[], _T]) -> _T:
        """Return what `call` returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()

        def tell(settle: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(lambda: None if future.done() else settle())

        def work() -> None:
            try:
                result = call()
            except BaseException as raised:  # noqa: BLE001 - raised again where the call is awaited
                error = raised
                tell(lambda: future.set_exception(error))
            else:
                tell(lambda: future.set_result(result))

        self._calls.put(work)
        return await future

    def submit(self, call: Callable[[], _T]) -> "Future[_T]":
        """Let another thread than that of the event loop have something done; its future says when it is."""
        future: Future[_T] = Future()

        def work() -> None:
            try:
                future.set_result(call())
            except BaseException as raised:  # noqa: BLE001 - raised again where the result is asked for
                future.set_exception(raised)

        self._calls.put(work)
        return future

    def close(self) -> None:
        """Let the thread end after the call under way."""
        self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
