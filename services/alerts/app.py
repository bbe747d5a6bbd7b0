"""Run the alerts service from the wait for the cluster to a clean stop."""

import gc
import threading
from collections.abc import Callable

from kafka.errors import KafkaError

from schemas import Topic
from services.alerts.alert_book import AlertBook, Limits
from services.alerts.article_book import ArticleBook
from services.alerts.episodes import Bounds
from services.alerts.loop import AbortFailed, Place, TransactionalLoop
from services.alerts.rule_topic import RulesFollower
from services.alerts.state_topic import require_same_partitions
from services.core.cluster import wait_for_cluster, watch_cluster
from services.core.diagnosis import explain
from services.core.errors import BrokerUnavailable
from services.core.health import Health
from services.core.logging import get_logger
from services.core.metrics import AlertsMetrics
from services.core.readiness import ReadinessLog
from services.core.settings import Settings
from services.core.signals import stop_on_signals
from services.core.status_server import StatusServer
from services.core.tracing import NO_EXPORT, Tracer

TOPICS = (
    Topic.ARTICLES_ENRICHED,
    Topic.ACTORS_COOCCURRENCES,
    Topic.ALERTS,
    Topic.ALERTS_STATE,
    Topic.ALERTS_ARTICLES,
    Topic.WATCHLIST_RULES,
    Topic.ARTICLES_ENRICHED.dead_letter,
    Topic.ACTORS_COOCCURRENCES.dead_letter,
    Topic.ALERTS_STATE.dead_letter,
    Topic.ALERTS_ARTICLES.dead_letter,
)
_STOP_S = 7.0
_PAUSE_S = 1.0
_LOOK_S = 0.5
# Nearly every article has nothing to correct: a transaction for each would cost the machine more than the alerts do.
_CORRECTIONS_LINGER_MS = 250
_GC_THRESHOLDS = (50_000, 20, 100)
_log = get_logger(__name__)


def run(settings: Settings, tracer: Tracer = NO_EXPORT) -> int:
    """Run until SIGTERM or SIGINT, and return the exit code.

    Raises:
        ConfigurationError: The status port, a certificate or the topics' partitions cannot be used.
    """
    prefix = settings.kafka.topic_prefix
    sources = [topic.named(prefix) for topic in (Topic.ACTORS_COOCCURRENCES, Topic.ARTICLES_ENRICHED)]
    metrics = AlertsMetrics(sources, prefix=prefix)
    metrics.state_bound.set(settings.kafka.max_message_bytes)
    health, stop = Health(), threading.Event()
    # A transaction may wait for a broker that is away. Leaving it open is safe: the next process fences it.
    stop_on_signals(stop, grace_s=_STOP_S)
    health.report("broker", "not reached yet")
    with StatusServer(settings.alerts.http, metrics.registry, health) as status:
        _log.info("status", host=settings.alerts.http.host, port=status.port)
        if not wait_for_cluster(settings.kafka, TOPICS, health, stop=stop):
            return 0
        require_same_partitions(settings.kafka, AlertBook.source, AlertBook.state)
        require_same_partitions(settings.kafka, ArticleBook.source, ArticleBook.state)
        health.report("broker", None)
        watch_cluster(settings.kafka, health, stop=stop)
        for name in ("alerts", "corrections"):
            health.report(name, "not reading yet")
        # What is remembered lives long and is full of small objects without a cycle: with Python's own thresholds a
        # third of the time would go into looking through it for one.
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        runner = _Runner(settings, metrics, health, stop, tracer)
        loops = [
            threading.Thread(target=runner.keep_running, args=[work], name=work.__name__)
            for work in (runner.alert, runner.correct)
        ]
        for loop in loops:
            loop.start()
        readiness = ReadinessLog(health)
        while alive := [loop for loop in loops if loop.is_alive()]:
            readiness.look()
            alive[0].join(_LOOK_S)
    _log.info("stopped", code=runner.code)
    return runner.code


class _Runner:
    """Runs both loops, each in a thread, and runs them anew when the cluster fails them."""

    def __init__(
        self, settings: Settings, metrics: AlertsMetrics, health: Health, stop: threading.Event, tracer: Tracer
    ) -> None:
        self._settings = settings
        self._tracer = tracer
        self._metrics = metrics
        self._health = health
        self._stop = stop
        self.code = 0

    def keep_running(self, work: Callable[[], None]) -> None:
        """Do the work until it is time to stop; if it fails for good, stop everything with an exit code."""
        while not self._stop.is_set() and self._wait():
            try:
                work()
            except (BrokerUnavailable, AbortFailed, KafkaError) as error:
                # Whatever was not committed is gone with the loop's memory. The next one fences this one's producer,
                # which ends the transaction that it may have left, and goes on where the group stands.
                problem = explain(error, self._settings.kafka) if isinstance(error, KafkaError) else str(error)
                self._metrics.restarts.inc()
                _log.warning("loop_failed", problem=problem, restart_in_s=_PAUSE_S)
                self._stop.wait(_PAUSE_S)
            except BaseException:
                # A fault of ours: a new process begins where the group stands.
                self.code = 1
                self._stop.set()
                raise

    def _wait(self) -> bool:
        return wait_for_cluster(self._settings.kafka, TOPICS, self._health, stop=self._stop)

    def alert(self) -> None:
        """Turn co-occurrences into alerts."""
        alerts = self._settings.alerts
        rules = RulesFollower(self._settings.kafka, self._metrics)
        try:
            bounds = Bounds(alerts.remembered_articles, alerts.remembered_stories, alerts.evidence, alerts.remember)
            limits = Limits(bounds, self._settings.kafka.max_message_bytes)
            book = AlertBook(rules.rules, limits, self._note_unreadable(Topic.ALERTS_STATE))
            self._run(book, "", alerts.linger_ms)
        finally:
            rules.close()

    def correct(self) -> None:
        """Turn corrected articles into retractions."""
        unreadable = self._note_unreadable(Topic.ALERTS_ARTICLES)
        self._run(ArticleBook(self._settings.alerts.remember, unreadable), "-corrections", _CORRECTIONS_LINGER_MS)

    def _run(self, book: AlertBook | ArticleBook, suffix: str, linger_ms: int) -> None:
        alerts = self._settings.alerts
        group = f"{self._settings.kafka.topic_prefix}{alerts.group}{suffix}"
        place = Place(
            group=group,
            transactional_id=f"{group}-{alerts.instance}",
            batch_size=alerts.batch_size,
            linger_ms=linger_ms,
            transaction_timeout_s=alerts.transaction_timeout_s,
        )
        loop = TransactionalLoop(self._settings.kafka, place, book, self._metrics, self._health, tracer=self._tracer)
        try:
            loop.run(self._stop)
        finally:
            loop.close()

    def _note_unreadable(self, topic: Topic) -> Callable[[str, str], None]:
        def note(key: str, _problem: str) -> None:
            # Not what is wrong with it, which may quote an article; the dead letter has that.
            _log.error("state_unreadable", topic=topic.value, key=key)
            self._metrics.unreadable.labels(topic.value).inc()

        return note
