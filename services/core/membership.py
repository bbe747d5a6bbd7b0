"""Become a member of a consumer group with kafka-python, and notice when that will not come about.

kafka-python 3.0.12 joins a group at once, whether it knows the topic's partitions or not, and begins to join again when
it learns of them. If a poll times out between the two requests of that second rebalance, it never ends: the consumer
polls on without a pause, and is no member.
"""

import time

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.structs import MemberState

from services.core.errors import BrokerUnavailable

_STUCK_S = 30.0


class Membership:
    """The membership of one consumer."""

    def __init__(self, consumer: KafkaConsumer, topic: str, listener: ConsumerRebalanceListener) -> None:
        """Subscribe; the consumer joins when it is polled.

        Raises:
            KafkaError: The cluster does not tell of the topic.
        """
        self._consumer = consumer
        consumer.partitions_for_topic(
            topic
        )  # asked now, it is known before the first rebalance, and there is no second
        consumer.subscribe([topic], listener=listener)
        self._since = time.monotonic()

    def holds(self) -> bool:
        """Return whether we are in the group, if only with no partition, since others have them all."""
        return bool(self._consumer.group_metadata().state is MemberState.STABLE)

    def require(self) -> None:
        """Check between two polls that we are a member, or not without being one for so long that we shall not be.

        Raises:
            BrokerUnavailable: Only a new consumer will become a member.
        """
        if self.holds():
            self._since = time.monotonic()
        if time.monotonic() - self._since > _STUCK_S:
            msg = "not a member of its group, and not about to become one"
            raise BrokerUnavailable(msg)
