"""Write to topics from several threads, and wait until the cluster has it, however long it is away."""

import threading
import time
from collections.abc import Callable, Sequence

from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.core.clients import close_producer, create_producer
from services.core.diagnosis import explain
from services.core.logging import get_logger
from services.core.outputs import Output
from services.core.settings import KafkaSettings

_LOOK_S = 1.0
_DELIVERY_MS = 30_000
_BLOCK_MS = 2_000
_log = get_logger(__name__)


class Outbox:
    """One producer for all receivers, made anew when it fails."""

    def __init__(self, kafka: KafkaSettings) -> None:
        """Connect.

        Raises:
            KafkaError: The cluster does not let us.
        """
        self._kafka = kafka
        self._lock = threading.Lock()
        self._producer = self._create()

    def write(self, outputs: Sequence[Output], *, idle: Callable[[], None], stop: threading.Event) -> bool:
        """Return when the cluster has acknowledged everything; after a failure all of it is written again.

        Args:
            outputs: What to write.
            idle: Called about once a second while it takes.
            stop: Ends the waiting.

        Returns:
            Whether it was acknowledged: False only where `stop` was set before.
        """
        while True:
            producer = self._producer
            try:
                sent = [
                    producer.send(
                        output.topic.named(self._kafka.topic_prefix),
                        output.value,
                        key=output.key,
                        headers=output.headers,
                    )
                    for output in outputs
                ]
                while not all(future.is_done for future in sent):
                    if stop.is_set() and not _are_done(sent, _LOOK_S):
                        return False
                    if not _are_done(sent, _LOOK_S):
                        idle()
                for future in sent:
                    future.get(timeout=0)
            except KafkaError as error:
                _log.warning("not_written", problem=explain(error, self._kafka))
                if stop.wait(_LOOK_S):
                    return False
                idle()
                self._replace(producer)
            else:
                return True

    def close(self) -> None:
        """Disconnect."""
        close_producer(self._producer, timeout_s=2)

    def _replace(self, failed: KafkaProducer) -> None:
        """Make a producer in the place of one that failed: an idempotent one may have failed for good."""
        with self._lock:
            if self._producer is not failed:
                return  # another thread was faster
            try:
                self._producer = self._create()
            except KafkaError as error:
                _log.warning("no_producer", problem=explain(error, self._kafka))
                return
        close_producer(failed, timeout_s=0)

    def _create(self) -> KafkaProducer:
        # Without linger: each is waited for.
        return create_producer(self._kafka, linger_ms=0, delivery_timeout_ms=_DELIVERY_MS, max_block_ms=_BLOCK_MS)


def _are_done(sent: Sequence["object"], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    for future in sent:
        try:
            future.get(timeout=max(0.0, deadline - time.monotonic()))  # type: ignore[attr-defined]  # not typed
        except KafkaError:
            if not future.is_done:  # type: ignore[attr-defined]  # as above
                return False
    return True
