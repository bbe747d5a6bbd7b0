"""Make one attempt at a time to deliver, in a thread of its own and for a bounded time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait

from services.alerts.notifier.channel import Channel, Event, TryAgain

_LOOK_S = 1.0


class Attempts:
    """Makes attempts for one receiver. Libraries may hang without end; whoever waits here does not."""

    def __init__(self, receiver: str, channel: Channel, timeout_s: float) -> None:
        self._receiver = receiver
        self._channel = channel
        self._timeout_s = timeout_s
        self._hung: threading.Thread | None = None

    def make(self, event: Event, idle: Callable[[], None]) -> str:
        """Deliver an event, and return what the receiver answered.

        Args:
            event: What to deliver.
            idle: Called about once a second while it takes.

        Raises:
            Refused: For good.
            TryAgain: For now, or because it took too long.
        """
        if self._hung is not None and self._hung.is_alive():
            msg = "an earlier attempt has not ended yet"
            raise TryAgain(msg)
        answer: Future[str] = Future()
        thread = threading.Thread(
            target=self._deliver, args=[event, answer], name=f"deliver-{self._receiver}", daemon=True
        )
        thread.start()
        deadline = time.monotonic() + self._timeout_s
        while not wait([answer], timeout=min(_LOOK_S, max(0.0, deadline - time.monotonic()))).done:
            if time.monotonic() >= deadline:
                self._hung = thread
                msg = f"no answer within {self._timeout_s:g} s"
                raise TryAgain(msg)
            idle()
        return answer.result()

    def _deliver(self, event: Event, answer: "Future[str]") -> None:
        try:
            answer.set_result(self._channel.deliver(event))
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is waited for
            answer.set_exception(error)
