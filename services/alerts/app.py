"""Run the alerts service from the wait for the cluster to a clean stop."""

import os
import signal
import threading
from types import FrameType

from kafka.errors import KafkaError

from schemas import Rule, Topic
from services.alerts.loop import AbortFailed, AlertLoop
from services.alerts.rules import read_rules
from services.alerts.state_topic import require_same_partitions
from services.core.cluster import wait_for_cluster, watch_cluster
from services.core.diagnosis import explain
from services.core.errors import BrokerUnavailable
from services.core.health import Health
from services.core.logging import get_logger
from services.core.metrics import AlertsMetrics
from services.core.settings import Settings
from services.core.status_server import StatusServer

TOPICS = (
    Topic.ACTORS_COOCCURRENCES,
    Topic.ALERTS,
    Topic.ALERTS_STATE,
    Topic.ACTORS_COOCCURRENCES.dead_letter,
)
_STOP_S = 7.0
_PAUSE_S = 1.0
_log = get_logger(__name__)


def run(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT, and return the exit code.

    Raises:
        ConfigurationError: The rules, the status port or a certificate cannot be used.
    """
    rules = read_rules(settings.alerts.rules_file)
    metrics = AlertsMetrics(Topic.ACTORS_COOCCURRENCES.named(settings.kafka.topic_prefix))
    for rule in rules:
        metrics.show_rule(rule.id, rule.severity)
    health, stop = Health(), threading.Event()
    _stop_on_signals(stop)
    health.report("broker", "not reached yet")
    with StatusServer(settings.alerts.http, metrics.registry, health) as status:
        _log.info("status", host=settings.alerts.http.host, port=status.port)
        code = 0
        watch: threading.Thread | None = None
        while code == 0 and _wait(settings, health, stop):
            require_same_partitions(settings.kafka)
            health.report("broker", None)
            watch = watch or watch_cluster(settings.kafka, health, stop=stop)
            code = _run_loop(settings, rules, metrics, health, stop)
    _log.info("stopped", code=code)
    return code


def _run_loop(
    settings: Settings, rules: tuple[Rule, ...], metrics: AlertsMetrics, health: Health, stop: threading.Event
) -> int:
    """Run one loop until `stop` is set or the cluster fails it; 1 if only a new process can go on."""
    try:
        loop = AlertLoop(settings, rules, metrics, health)
    except KafkaError as error:
        _pause(explain(error, settings.kafka), stop)
        return 0
    try:
        loop.run(stop)
    except AbortFailed as error:
        _log.error("leaving", problem=str(error))
        return 1
    except (BrokerUnavailable, KafkaError) as error:
        _pause(explain(error, settings.kafka) if isinstance(error, KafkaError) else str(error), stop)
    finally:
        health.report("group", "not a member")
        loop.close()
    return 0


def _pause(problem: str, stop: threading.Event) -> None:
    _log.warning("loop_failed", problem=problem, restart_in_s=_PAUSE_S)
    stop.wait(_PAUSE_S)


def _wait(settings: Settings, health: Health, stop: threading.Event) -> bool:
    def on_problem(problem: str, pause_s: float) -> None:
        health.report("broker", problem)
        _log.warning("cluster_unavailable", problem=problem, retry_in_s=pause_s)

    return wait_for_cluster(settings.kafka, TOPICS, stop=stop, on_problem=on_problem)


def _stop_on_signals(stop: threading.Event) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        # A transaction may wait for a broker that is away. Leaving it open is safe: the next process fences it.
        last_resort = threading.Timer(_STOP_S, os._exit, [1])
        last_resort.daemon = True
        last_resort.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
