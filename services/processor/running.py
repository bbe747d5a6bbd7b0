"""Run the processor from the wait for the cluster to a clean stop; an app that failed is replaced by a new one."""

import asyncio
import contextlib
import logging
import os
import signal
import threading

import faust
import uvloop
from kafka.errors import KafkaError

from services.core.cluster import wait_for_cluster, watch_cluster
from services.core.diagnosis import explain
from services.core.health import Health
from services.core.logging import get_logger
from services.core.metrics import ProcessorMetrics
from services.core.readiness import ReadinessLog
from services.core.settings import Settings
from services.core.status_server import StatusServer
from services.core.tracing import NO_EXPORT, Tracer
from services.processor.app import TOPICS, create_app
from services.processor.thread import DaemonThread
from services.processor.watchlist import WatchlistFollower
from services.processor.work import Extractor
from services.watchlist.roster import Roster

_STOP_S = 5.0
_EXIT_S = 1.5
_PAUSE_S = 1.0
_TALKATIVE = ("faust", "mode")  # tell at length of every failure that we say in one line
_log = get_logger(__name__)


def run(
    settings: Settings,
    extractor: Extractor,
    metrics: ProcessorMetrics,
    roster: Roster | None = None,
    tracer: Tracer = NO_EXPORT,
) -> int:
    """Run until SIGTERM or SIGINT, and return the exit code.

    Args:
        settings: All settings.
        extractor: Reads articles.
        metrics: Counts.
        roster: What the extractor looks names up in, kept as `watchlist.actors` has it; None if it does not.
        tracer: Told of spans; closed at the end.

    Raises:
        ConfigurationError: The status port is taken, or a certificate cannot be read.
    """
    if settings.log.level != "DEBUG":
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        threading.excepthook = _tell_of_thread
    health = Health()
    with (
        StatusServer(settings.processor.http, metrics.registry, health) as status,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        _log.info("status", host=settings.processor.http.host, port=status.port)
        return runner.run(_Run(settings, extractor, metrics, health, roster, tracer=tracer).until_told())


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    """Log in one line what Faust's threads end with when a stop or a broker's absence cuts them short."""
    _log.warning("thread_ended", error=f"{ended.exc_type.__name__}: {ended.exc_value}".partition("\n")[0])


class _Run:
    def __init__(  # noqa: PLR0913 - the parts it joins
        self,
        settings: Settings,
        extractor: Extractor,
        metrics: ProcessorMetrics,
        health: Health,
        roster: Roster | None,
        *,
        tracer: Tracer = NO_EXPORT,
    ) -> None:
        self._tracer = tracer
        self._settings = settings
        self._extractor = extractor
        self._metrics = metrics
        self._health = health
        self._stop = asyncio.Event()
        self._stop_threads = threading.Event()
        self._reading = DaemonThread("extraction")
        self._follower = (
            None
            if roster is None
            else WatchlistFollower(settings.kafka, roster, self._reading, metrics, health, stop=self._stop_threads)
        )

    async def until_told(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._tell)
        self._health.report("broker", "not reached yet")
        self._health.report("group", "not joined yet")  # or it would be ready between the watchlist and the app
        told = asyncio.create_task(self._tell_readiness())
        watch: threading.Thread | None = None
        clean = True
        try:
            while clean and await asyncio.to_thread(self._wait_for_cluster):
                self._health.report("broker", None)
                watch = watch or watch_cluster(self._settings.kafka, self._health, stop=self._stop_threads)
                if not await self._has_watchlist():
                    break
                clean = await self._run_app()
        finally:
            asked = self._stop.is_set()
            self._tell()
            told.cancel()
        # Before the last resort below, which leaves no time for it.
        await asyncio.to_thread(self._tracer.close)
        _log.info("stopped")
        code = 0 if clean or asked else 1
        # With the broker away, tasks and threads of Faust's wait for it whatever they are told. Nothing is lost by
        # ending the process under them: what was not acknowledged is done again.
        last_resort = threading.Timer(_EXIT_S, os._exit, [code])
        last_resort.daemon = True
        last_resort.start()
        return code

    def _tell(self) -> None:
        self._stop.set()
        self._stop_threads.set()

    async def _has_watchlist(self) -> bool:
        """Wait for the whole watchlist; False if we are told to stop before it is there."""
        if self._follower is None:
            return True
        self._follower.start()
        read, told = asyncio.wrap_future(self._follower.read), asyncio.ensure_future(_told(self._stop))
        await asyncio.wait((read, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        return not self._stop.is_set()

    def _wait_for_cluster(self) -> bool:
        return wait_for_cluster(self._settings.kafka, TOPICS, self._health, stop=self._stop_threads)

    async def _run_app(self) -> bool:
        """Run one app until we are told to stop or it fails; False if it does not let itself be stopped."""
        app = create_app(
            self._settings,
            extractor=self._extractor,
            reading=self._reading,
            metrics=self._metrics,
            health=self._health,
            tracer=self._tracer,
        )
        _log.info("starting", group=app.conf.id)
        tasks = [asyncio.ensure_future(coroutine) for coroutine in (_live(app), _end(app), _told(self._stop))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        failure = app.crash_reason or (tasks[0].exception() if tasks[0].done() else None)
        if failure is not None:
            self._metrics.restarts.inc()
            _log.warning("app_failed", problem=self._explain(failure), restart_in_s=_PAUSE_S)
        clean = await _stop_app(app)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), _PAUSE_S)
        return clean

    def _explain(self, failure: BaseException) -> str:
        if isinstance(failure, KafkaError):
            return explain(failure, self._settings.kafka)
        return f"{type(failure).__name__}: {failure}".partition("\n")[0]

    async def _tell_readiness(self) -> None:
        readiness = ReadinessLog(self._health)
        while True:
            readiness.look()
            await asyncio.sleep(_PAUSE_S)


async def _live(app: faust.App) -> None:
    """Raise what starting raises; else return when the app has ended."""
    await app.start()
    await _end(app)


async def _end(app: faust.App) -> None:
    """Return when the app has ended, even while it was starting."""
    await app.wait_until_stopped()


async def _told(stop: asyncio.Event) -> None:
    await stop.wait()


async def _stop_app(app: faust.App) -> bool:
    try:
        await asyncio.wait_for(app.stop(), _STOP_S)
    except TimeoutError:
        _log.warning("stop_timed_out", after_s=_STOP_S)
        return False
    return True
