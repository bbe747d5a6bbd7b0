"""Run the notifier from the wait for the cluster to a clean stop."""

import os
import threading
import time
from collections.abc import Callable

from kafka.errors import KafkaError

from schemas import Topic
from services.alerts.notifier.apprise_channel import keep_secrets_out_of_logs
from services.alerts.notifier.channel import Channel
from services.alerts.notifier.channels import create_channels
from services.alerts.notifier.config import NotifyConfig, read_config
from services.alerts.notifier.outbox import Outbox
from services.alerts.notifier.retrying import Backoff
from services.alerts.notifier.routing import Routes
from services.alerts.notifier.running import ReceiverRunner
from services.alerts.notifier.shared import Shared
from services.alerts.notifier.silences_topic import SilencesFollower
from services.core.cluster import wait_for_cluster, watch_cluster
from services.core.diagnosis import explain
from services.core.health import STALLED_S, Health
from services.core.logging import get_logger
from services.core.metrics import NotifierMetrics
from services.core.readiness import ReadinessLog
from services.core.settings import NotifierSettings, Settings
from services.core.signals import stop_on_signals
from services.core.status_server import StatusServer
from services.core.tracing import NO_EXPORT, Tracer

TOPICS = (Topic.ALERTS, Topic.ALERTS_SILENCES, Topic.NOTIFICATIONS, Topic.ALERTS.dead_letter)
_STOP_S = 7.0
_LOOK_S = 0.5
_PAUSE_S = 1.0
_log = get_logger(__name__)


def load_config(notifier: NotifierSettings) -> tuple[NotifyConfig, dict[str, Channel]]:
    """Return receivers and routes, and the way to each receiver; none where no file is set.

    Raises:
        ConfigurationError: Names file, line and field, or receiver and secret, that cannot be used.
    """
    if notifier.config_file is None:
        return NotifyConfig(), {}
    config = read_config(notifier.config_file)
    channels = create_channels(
        config,
        folder=notifier.config_file.parent,
        environment=os.environ,
        max_answer_bytes=notifier.max_answer_bytes,
    )
    return config, channels


def run(settings: Settings, tracer: Tracer = NO_EXPORT) -> int:
    """Run until SIGTERM or SIGINT, and return the exit code.

    Raises:
        ConfigurationError: The receivers and routes, the status port or a certificate cannot be used.
    """
    keep_secrets_out_of_logs()
    config, channels = load_config(settings.notifier)
    prefix = settings.kafka.topic_prefix
    metrics = NotifierMetrics(Topic.ALERTS.named(prefix), prefix=prefix)
    for receiver in config.receivers:
        metrics.show_receiver(receiver.id, receiver.kind.value)
    health, stop = Health(), threading.Event()
    # An attempt may hang, or the cluster be away. To leave then is safe: what is not committed is delivered again.
    stop_on_signals(stop, grace_s=_STOP_S)
    health.report("broker", "not reached yet")
    health.report("receivers", "not started yet")
    with StatusServer(settings.notifier.http, metrics.registry, health) as status:
        _log.info("status", host=settings.notifier.http.host, port=status.port)
        if not config.receivers:
            _log.info("nothing_to_notify", setting="SIGHTLINE_NOTIFIER__CONFIG_FILE")
        code = 0
        if wait_for_cluster(settings.kafka, TOPICS, health, stop=stop):
            health.report("broker", None)
            watch_cluster(settings.kafka, health, stop=stop)
            code = _Notifier(settings, metrics, health, stop, tracer).serve(config, channels)
    _log.info("stopped", code=code)
    return code


class _Notifier:
    """Runs a thread for each receiver and one for the silences, and watches over them."""

    def __init__(
        self, settings: Settings, metrics: NotifierMetrics, health: Health, stop: threading.Event, tracer: Tracer
    ) -> None:
        self._settings = settings
        self._tracer = tracer
        self._metrics = metrics
        self._health = health
        self._stop = stop
        self._threads: list[threading.Thread] = []

    def serve(self, config: NotifyConfig, channels: dict[str, Channel]) -> int:
        """Serve until `stop` is set, and return the exit code: 1 if a thread has ended by itself."""
        outbox = self._open_outbox()
        if outbox is None:
            return 0
        silences = SilencesFollower(self._settings.kafka, self._metrics)
        self._start("silences", lambda: silences.run(self._stop))
        self._until_known(silences)
        notifier = self._settings.notifier
        shared = Shared(
            Routes.of(config.routes),
            silences.current,
            outbox,
            self._metrics,
            Backoff(notifier.retry_first_s, notifier.retry_max_s, notifier.retry_after_max_s),
            Topic.ALERTS.named(self._settings.kafka.topic_prefix),
            self._stop,
            self._tracer,
            self._settings.kafka.topic_prefix + notifier.group,
        )
        runners = [
            ReceiverRunner(receiver, channels[receiver.id], self._settings, shared, self._health)
            for receiver in config.receivers
        ]
        self._health.report("receivers", None)  # each has said that it is not a member of its group yet
        for receiver, runner in zip(config.receivers, runners, strict=True):
            self._start(f"receiver-{receiver.id}", runner.run)
        code = self._watch(runners)
        deadline = time.monotonic() + _STOP_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        outbox.close()
        for channel in channels.values():
            channel.close()
        return code

    def _start(self, name: str, run: Callable[[], None]) -> None:
        # A daemon: an attempt that hangs must not keep the process from ending.
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _watch(self, runners: list[ReceiverRunner]) -> int:
        """Beat as long as every loop goes round; a broken receiver keeps none from that."""
        readiness = ReadinessLog(self._health)
        while not self._stop.wait(_LOOK_S):
            ended = [thread.name for thread in self._threads if not thread.is_alive()]
            if ended:
                # What a thread dies of is a fault of ours: a new process begins where the receivers stand.
                _log.error("leaving", ended=ended)
                self._stop.set()
                return 1
            if all(time.monotonic() - runner.beat_at < STALLED_S for runner in runners):
                self._health.beat()
            readiness.look()
        return 0

    def _until_known(self, silences: SilencesFollower) -> None:
        """Wait for the silences: nobody is notified before it is known whom not to."""
        self._health.report("silences", "not read yet")
        while not silences.are_known.wait(_LOOK_S) and not self._stop.is_set():
            self._health.beat()
        self._health.report("silences", None)

    def _open_outbox(self) -> Outbox | None:
        while not self._stop.is_set():
            try:
                return Outbox(self._settings.kafka)
            except KafkaError as error:
                problem = explain(error, self._settings.kafka)
                _log.warning("no_producer", problem=problem, retry_in_s=_PAUSE_S)
                self._health.beat()
                self._stop.wait(_PAUSE_S)
        return None
