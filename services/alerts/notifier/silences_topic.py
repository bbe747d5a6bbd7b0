"""The silences that there are: what `alerts.silences` holds, followed as it changes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from kafka import KafkaProducer
from kafka.errors import KafkaError
from pydantic import ValidationError

from schemas import Silence, Topic
from services.alerts.notifier.silencing import ReadSilence, read_silence
from services.core.clients import create_producer
from services.core.codec import as_unreadable, encode
from services.core.diagnosis import explain
from services.core.errors import BrokerUnavailable
from services.core.following import CompactedTopic
from services.core.logging import get_logger
from services.core.metrics import NotifierMetrics
from services.core.settings import KafkaSettings

_LOOK_S = 0.2
_PAUSE_S = 1.0
_ACK_S = 30.0
_log = get_logger(__name__)


class SilencesFollower:
    """Keeps the silences in memory, from a thread of its own."""

    def __init__(self, kafka: KafkaSettings, metrics: NotifierMetrics) -> None:
        self._kafka = kafka
        self._metrics = metrics
        self._silences: tuple[ReadSilence, ...] = ()
        self.are_known = threading.Event()

    def current(self) -> tuple[ReadSilence, ...]:
        """Return the silences, past and future ones included; wait for `are_known` first."""
        return self._silences

    def run(self, stop: threading.Event) -> None:
        """Follow the topic until `stop` is set; while the cluster is away, what was known stays."""
        while not stop.is_set():
            try:
                self._follow(stop)
            except (KafkaError, BrokerUnavailable) as error:
                problem = explain(error, self._kafka) if isinstance(error, KafkaError) else str(error)
                _log.warning("silences_not_followed", problem=problem, retry_in_s=_PAUSE_S)
                stop.wait(_PAUSE_S)

    def _follow(self, stop: threading.Event) -> None:
        topic = CompactedTopic(self._kafka, Topic.ALERTS_SILENCES)
        try:
            self._take(topic.values)
            self.are_known.set()
            while not stop.wait(_LOOK_S):
                if topic.poll():
                    self._take(topic.values)
                self._count()
        finally:
            topic.close()

    def _take(self, values: dict[bytes, bytes]) -> None:
        self._silences = tuple(read_silences(values, _note_unreadable))
        self._count()

    def _count(self) -> None:
        now = datetime.now(UTC)
        self._metrics.silences.set(sum(silence.in_force(now) for silence in self._silences))


def read_silences(values: dict[bytes, bytes], unreadable: Callable[[bytes, str], None]) -> list[ReadSilence]:
    """Read the values of `alerts.silences`, by key; of each that is no silence, `unreadable` is told why."""
    silences = []
    for key, value in values.items():
        try:
            silences.append(read_silence(Silence.model_validate_json(value)))
        except ValidationError as error:
            unreadable(key, str(as_unreadable(error)))
        except ValueError as error:
            unreadable(key, str(error))
    return silences


def write_silence(kafka: KafkaSettings, silence: Silence, *, remove: bool = False) -> None:
    """Write a silence, or remove it, and return when the cluster has it.

    Raises:
        KafkaError: It could not be written.
    """
    producer: KafkaProducer = create_producer(kafka)
    try:
        value = None if remove else encode(silence)
        name = Topic.ALERTS_SILENCES.named(kafka.topic_prefix)
        producer.send(name, value, key=silence.id.encode()).get(timeout=_ACK_S)
    finally:
        producer.close()


def _note_unreadable(key: bytes, problem: str) -> None:
    _log.error("silence_unreadable", key=key.decode("utf-8", "replace"), problem=problem)
