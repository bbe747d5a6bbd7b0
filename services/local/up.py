"""Everything on one machine: broker, topics, the services, the seeds, and each alert on the terminal as it arrives."""

import io
import json
import os
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from schemas import DEFAULT_RULE, Actor, Alert, Rule
from services.alerts.rule_topic import load_rules, read_rules_in_force
from services.alerts.rules import read_rules
from services.core.cluster import create_topics
from services.core.errors import ConfigurationError
from services.core.identity import alert_key
from services.core.settings import RUN_NOTE, KafkaSettings, Settings, at_local_broker
from services.core.tracing import tracing
from services.ingest.files import read_paths
from services.ingest.items import Rejected
from services.ingest.producer import ArticleProducer
from services.local.broker import EmbeddedBroker
from services.local.children import Service, await_ready, require_running, start_services, stop_services
from services.local.expectation import Expectation
from services.local.feed import AlertFeed
from services.local.fetch import fetch_broker
from services.local.guide import guide
from services.local.java import java_executable
from services.local.process import GuardedProcess
from services.local.rendering import render_alert
from services.local.signals import Interrupted, interruptible
from services.watchlist.actors_topic import read_watchlist_in_force, write_watchlist
from services.watchlist.file import read_watchlist
from services.watchlist.holding import OWN
from services.watchlist.loading import plan_load

_OLD_SHOWN = 20
_POLL_S = 0.25
_INTERRUPTED = 130


def run_up(settings: Settings, console: Console, *, once: bool) -> int:
    """Run until Ctrl-C, or with `once` until the seeds' alerts have arrived; return the exit code.

    Args:
        settings: Where `kafka.bootstrap_servers` names a cluster, that is used and no broker is started.
        console: Takes progress and alerts.
        once: Exit 0 when every alert that the seeds must raise has arrived, 1 when that takes too long.

    Raises:
        SightlineError: Something could not be fetched or started, or has ended; the text says what.
    """
    with interruptible(), ExitStack() as started:
        try:
            return _Run(settings, console, started).run(once=once)
        except Interrupted:
            console.print("stopping …")
            started.close()
            console.print("stopped")
            return _INTERRUPTED if once else 0


class _Run:
    def __init__(self, settings: Settings, console: Console, started: ExitStack) -> None:
        self._settings = settings
        self._console = console
        self._started = started
        self._processes: list[GuardedProcess] = []
        self._seen: set[str] = set()  # keys of alerts

    def run(self, *, once: bool) -> int:
        began = time.monotonic()
        rules_file = self._settings.local.rules_file
        rules = (DEFAULT_RULE,) if rules_file is None else read_rules(rules_file)
        watchlist_file = self._settings.extraction.watchlist_file
        watchlist = () if watchlist_file is None else read_watchlist(watchlist_file)
        kafka = self._find_cluster()
        created = create_topics(kafka)
        self._say(f"topics ready ({len(created)} created)")
        rules = self._load_rules(kafka, rules)
        self._load_watchlist(kafka, watchlist)
        services = self._start_services(kafka)
        # What was raised in earlier runs can be shown while the services start.
        feed = self._started.enter_context(AlertFeed(kafka, last=None))
        self._show_old(feed)
        for service in await_ready(services):
            self._say(f"{service.name} ready at {service.url}")
        article_ids = self._publish_seeds(kafka)
        expectation = Expectation(kafka, rules, article_ids)
        self._started.callback(expectation.close)
        self._say(f"published {len(article_ids)} seed articles; {time.monotonic() - began:.1f} s since the start")
        if once:
            return self._await_alerts(feed, expectation)
        addresses = {service.name: service.url for service in services}
        # Not wrapped: a command that is broken into lines cannot be copied.
        self._console.print(guide(kafka, addresses, self._settings), soft_wrap=True)
        while True:
            self._show_new(feed)

    def _load_rules(self, kafka: KafkaSettings, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Put the rules of the file in force; on a cluster that is not ours, those that somebody loaded there stay."""
        present = tuple(read_rules_in_force(kafka).values())
        if present and self._settings.kafka.bootstrap_servers:
            self._say(f"{len(present)} rules in force on the cluster")
            return present
        load_rules(kafka, rules)
        self._say(f"{len(rules)} rules in force")
        return rules

    def _load_watchlist(self, kafka: KafkaSettings, watchlist: tuple[Actor, ...]) -> None:
        """Load the file; on a cluster that is not ours, what somebody loaded there stays."""
        held = read_watchlist_in_force(kafka)
        if not (held and self._settings.kafka.bootstrap_servers):
            plan = plan_load(held, {OWN: watchlist})
            write_watchlist(kafka, plan.changes)
            held = read_watchlist_in_force(kafka)
        self._say(f"{len(held):,} actors on the watchlist")

    def _find_cluster(self) -> KafkaSettings:
        """Return the cluster that is set, or a broker started here."""
        if self._settings.kafka.bootstrap_servers:
            self._say(f"using the cluster at {self._settings.kafka.bootstrap_servers}")
            return self._settings.kafka
        local = self._settings.local
        jars = fetch_broker(local, self._console)
        self._say("starting Apache Kafka …")
        broker = EmbeddedBroker(
            jars,
            java_executable(),
            local.data_dir / "broker",
            port=local.broker_port,
            heap_mb=local.heap_mb,
            log_file=local.data_dir / "logs" / "broker.log",
        )
        self._started.enter_context(broker)
        if broker.process is not None:
            self._processes.append(broker.process)
        self._say(f"Apache Kafka answers at {broker.bootstrap_servers}")
        return at_local_broker(self._settings.kafka, broker.bootstrap_servers)

    def _start_services(self, kafka: KafkaSettings) -> list[Service]:
        self._say("starting ingest, processor and alerts …")
        environment = {
            "SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": ",".join(kafka.servers),
            "SIGHTLINE_KAFKA__SECURITY_PROTOCOL": kafka.security_protocol.value,
        }
        services = start_services(self._settings, self._settings.local.data_dir / "logs", environment)
        self._started.callback(stop_services, services)
        self._processes += [service.process for service in services]
        self._leave_note(kafka, services)
        return services

    def _leave_note(self, kafka: KafkaSettings, services: list[Service]) -> None:
        """Let other commands in this directory find the broker."""
        note = self._settings.local.data_dir / RUN_NOTE
        addresses = {service.name: service.url for service in services}
        content = {"bootstrap_servers": kafka.bootstrap_servers, "pid": os.getpid(), **addresses}
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        self._started.callback(note.unlink, missing_ok=True)

    def _publish_seeds(self, kafka: KafkaSettings) -> list[str]:
        """Publish the seeds, and return their ids. Doing so in every run is harmless: the ids are always the same."""
        seeds: Path = self._settings.local.seeds_dir
        items = read_paths(
            [seeds],
            standard_input=io.BytesIO(),
            max_text_bytes=self._settings.extraction.max_text_bytes,
        )
        ids = []
        timeout_s = self._settings.ingest.ack_timeout_s
        with (
            tracing(self._settings.tracing, service="publish") as tracer,
            ArticleProducer(kafka, ack_timeout_s=timeout_s, tracer=tracer) as producer,
        ):
            for item in producer.publish_stream(items):
                if isinstance(item, Rejected):
                    msg = f"{item.origin}: {item.message}"
                    raise ConfigurationError(msg)
                ids.append(item.id)
        return ids

    def _await_alerts(self, feed: AlertFeed, expectation: Expectation) -> int:
        deadline = time.monotonic() + self._settings.local.once_timeout_s
        while expectation.waiting or not expectation.alert_keys or expectation.alert_keys - self._seen:
            if time.monotonic() > deadline:
                missing = len(expectation.alert_keys - self._seen)
                told = (
                    f"{len(expectation.waiting)} seed articles are not enriched"
                    if expectation.waiting
                    else f"{missing} alerts are missing"
                    if missing
                    else "the seeds raise no alert under these rules and this watchlist"
                )
                self._console.print(f"not done after {self._settings.local.once_timeout_s:.0f} s: {told}", markup=False)
                return 1
            expectation.poll()
            self._show_new(feed)
        self._say(f"all {len(expectation.alert_keys)} alerts of the seeds have arrived")
        return 0

    def _show_old(self, feed: AlertFeed) -> None:
        old = feed.old()
        self._seen.update(_key(alert) for alert in old)
        if old:
            shown = old[-_OLD_SHOWN:]
            self._say(
                f"{len(old)} events of alerts from earlier runs"
                + (f"; the last {len(shown)}:" if shown != old else ":")
            )
            for alert in shown:
                self._console.print(render_alert(alert))

    def _show_new(self, feed: AlertFeed) -> None:
        require_running(self._processes)
        for alert in feed.poll(_POLL_S):
            self._seen.add(_key(alert))
            self._console.print(render_alert(alert))

    def _say(self, text: str) -> None:
        self._console.print(f"• {text}", markup=False, highlight=False, soft_wrap=True)


def _key(alert: Alert) -> str:
    return alert_key(alert.rule.id, [actor.actor_id for actor in alert.actors])
