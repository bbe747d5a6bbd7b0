"""One Kafka transaction after another, none of which is waited for without end.

kafka-python 3.0.12 waits for the answers to a commit and an abort for as long as it takes, and there are failures of a
broker after which none ever comes: whoever waits then keeps the partitions and does nothing with them.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kafka import KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from services.core.clients import close_producer, create_producer
from services.core.outputs import Output
from services.core.settings import KafkaSettings

_FLUSH_S = 30.0
_CLOSE_S = 2.0
_LINGER_MS = 1000
_REQUEST_BYTES = 524_288


class Transactions:
    """The transactions of one loop. After a KafkaTimeoutError, close it and make another, which fences this one."""

    def __init__(self, kafka: KafkaSettings, transactional_id: str, *, timeout_s: float, answer_s: float = 20) -> None:
        """Connect, and fence whoever had the same id before.

        Args:
            kafka: How the cluster is reached.
            transactional_id: Unlike that of anybody else.
            timeout_s: After which the cluster ends a transaction.
            answer_s: How long an answer is waited for: a cluster that lost a broker answers again by then, or never.

        Raises:
            KafkaError: The cluster does not let us.
        """
        self._prefix = kafka.topic_prefix
        self._answer_s = answer_s
        self._producer: KafkaProducer = create_producer(
            kafka,
            transactional_id=transactional_id,
            transaction_timeout_ms=round(timeout_s * 1000),
            # Each transaction is flushed as a whole. One request after another goes to a partition: few, large ones.
            linger_ms=_LINGER_MS,
            batch_size=min(_REQUEST_BYTES, kafka.max_message_bytes),
        )
        try:
            self._producer.init_transactions()
        except KafkaError:
            self.close()
            raise

    def commit(
        self, outputs: Iterable[Output], offsets: Mapping[TopicPartition, OffsetAndMetadata], group: Any
    ) -> None:
        """Write outputs and offsets in a transaction of their own, and return when it is committed.

        Args:
            outputs: In this order.
            offsets: Of the consumer group.
            group: The group's metadata, which fences an instance that has lost its partitions (KIP-447).

        Raises:
            KafkaError: It is not, unless it is a KafkaTimeoutError: then nobody knows.
        """
        self._producer.begin_transaction()
        self._write(outputs)
        self._within(lambda: self._producer.send_offsets_to_transaction(offsets, group))
        self._within(self._producer.commit_transaction)

    def abort(self) -> None:
        """End a transaction as if nothing had been written.

        Raises:
            KafkaError: It may still be open.
        """
        self._within(self._producer.abort_transaction)

    def close(self) -> None:
        """Disconnect; what is open is ended by whoever comes next under this id, or by the cluster."""
        close_producer(self._producer, timeout_s=_CLOSE_S)

    def _write(self, outputs: Iterable[Output]) -> None:
        """Return when the broker has acknowledged every record."""
        sent = []
        for output in outputs:
            where: dict[str, Any] = {} if output.partition is None else {"partition": output.partition}
            topic = output.topic.named(self._prefix)
            sent.append(self._producer.send(topic, output.value, key=output.key, headers=output.headers, **where))
        self._producer.flush(timeout=_FLUSH_S)
        for future in sent:
            # A flush returns when nothing is under way any more, whether it arrived or not.
            future.get(timeout=0)

    def _within(self, call: Callable[[], None]) -> None:
        failures: list[BaseException] = []

        def run() -> None:
            try:
                call()
            except BaseException as failure:  # noqa: BLE001 - raised where it is waited for
                failures.append(failure)

        thread = threading.Thread(target=run, name="transaction", daemon=True)
        thread.start()
        thread.join(self._answer_s)
        if thread.is_alive():
            msg = f"no answer about a transaction within {self._answer_s:g} s"
            raise KafkaTimeoutError(msg)
        if failures:
            raise failures[0]
