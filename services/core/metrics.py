"""Every metric that exists. Names of people are never labels."""

from collections.abc import Iterable
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from schemas import AlertKind, Measure, Outcome, Reason, Scope, Severity, Status, Topic

_STAGE_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATENCY_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600)


class ServiceMetrics:
    """What every service counts, in a registry of its own."""

    def __init__(self, service: str, *, prefix: str = "") -> None:
        """Start with nothing.

        Args:
            service: Its name.
            prefix: Put before every topic: by it the instances of one installation are found.
        """
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build = Gauge("sightline_build_info", "Always 1.", ["service", "version", "prefix"], registry=self.registry)
        build.labels(service, version("sightline"), prefix).set(1)
        self.stage_s = Histogram(
            "sightline_stage_duration_seconds",
            "Time spent in one stage of the work on one message or batch.",
            ["stage"],
            buckets=_STAGE_BUCKETS_S,
            registry=self.registry,
        )


class ConsumerMetrics(ServiceMetrics):
    """What every consuming service counts besides."""

    def __init__(self, service: str, *, prefix: str = "") -> None:
        super().__init__(service, prefix=prefix)
        self.dead_letters = Counter(
            "sightline_dead_letters_total",
            "Messages set aside, by the topic they came from and why.",
            ["topic", "reason"],
            registry=self.registry,
        )
        self.restarts = Counter(
            "sightline_loop_restarts_total",
            "Times the cluster failed a loop, which began anew.",
            registry=self.registry,
        )

    def _show_reasons(self, topic: str) -> None:
        """Let every reason be zero from the start: a rate over a series that appears later misses its first event."""
        for reason in Reason:
            self.dead_letters.labels(topic, reason.value)


class WorkerMetrics(ConsumerMetrics):
    """What the services that share the partitions of a topic count besides."""

    def __init__(self, service: str, *, prefix: str = "") -> None:
        super().__init__(service, prefix=prefix)
        self.lag = Gauge(
            "sightline_consumer_lag",
            "Messages between the service's position and the end of the partition; assigned partitions only.",
            ["topic", "partition"],
            registry=self.registry,
        )


class IngestMetrics(ServiceMetrics):
    """The ingest service."""

    def __init__(self, *, prefix: str = "") -> None:
        super().__init__("ingest", prefix=prefix)
        self.published = Counter(
            "sightline_articles_published_total",
            "Articles that the broker has acknowledged, by where they came from.",
            ["origin"],
            registry=self.registry,
        )
        self.rejected = Counter(
            "sightline_articles_rejected_total",
            "Articles that were refused, by where they came from and why.",
            ["origin", "reason"],
            registry=self.registry,
        )
        self.refused = Counter(
            "sightline_requests_refused_total",
            "Requests to publish that were refused before they were read: key, rate or origin.",
            ["reason"],
            registry=self.registry,
        )
        for why in ("key", "rate", "origin"):
            self.refused.labels(why)
        self.feed_reads = Counter(
            "sightline_feed_reads_total", "Readings of feeds, by how they ended.", ["outcome"], registry=self.registry
        )
        for reason in Reason:
            self.rejected.labels("http", reason.value)
        self.published.labels("http")


class ProcessorMetrics(WorkerMetrics):
    """The stream processor."""

    def __init__(self, articles_topic: str, *, prefix: str = "") -> None:
        super().__init__("processor", prefix=prefix)
        self.consumed = Counter(
            "sightline_articles_consumed_total", "Messages read from the articles topic.", registry=self.registry
        )
        self.enriched = Counter(
            "sightline_articles_enriched_total", "Articles whose results are acknowledged.", registry=self.registry
        )
        self.mentions = Counter(
            "sightline_sanctions_mentions_total",
            "Sanctions mentions found, by measure and status.",
            ["measure", "status"],
            registry=self.registry,
        )
        self.cooccurrences = Counter(
            "sightline_cooccurrences_total", "Co-occurrences found, by scope.", ["scope"], registry=self.registry
        )
        self.cooccurrences_left_out = Counter(
            "sightline_cooccurrences_left_out_total",
            "Co-occurrences beyond the bound per article.",
            registry=self.registry,
        )
        self.sentences_unread = Counter(
            "sightline_sentences_unread_total",
            "Sentences that may hold a sanctions mention, beyond the bounds per article and sentence.",
            registry=self.registry,
        )
        self.watchlist_actors = Gauge(
            "sightline_watchlist_actors",
            "Actors known, by whether they are watched.",
            ["watched"],
            registry=self.registry,
        )
        self.watchlist_names = Gauge("sightline_watchlist_names", "Names matched.", registry=self.registry)
        self.watchlist_modified = Gauge(
            "sightline_watchlist_modified_timestamp_seconds",
            "When the watchlist was last changed; its age is time() minus this.",
            registry=self.registry,
        )
        self.watchlist_version = Info(
            "sightline_watchlist", "Version of the watchlist that is in force here.", registry=self.registry
        )
        self._show_reasons(articles_topic)
        for measure in Measure:
            for status in Status:
                self.mentions.labels(measure.value, status.value)
        for scope in Scope:
            self.cooccurrences.labels(scope.value)

    def show_watchlist(self, *, watched: int, known: int, names: int, modified: float, version: str) -> None:
        """Show what the watchlist holds; `modified` in seconds since 1970."""
        self.watchlist_actors.labels("true").set(watched)
        self.watchlist_actors.labels("false").set(known)
        self.watchlist_names.set(names)
        self.watchlist_modified.set(modified)
        self.watchlist_version.info({"version": version})


class AlertsMetrics(WorkerMetrics):
    """The alerts service."""

    def __init__(self, sources: Iterable[str], *, prefix: str = "") -> None:
        super().__init__("alerts", prefix=prefix)
        self.consumed = Counter(
            "sightline_alerts_consumed_total", "Messages read, by topic.", ["topic"], registry=self.registry
        )
        self.raised = Counter(
            "sightline_alerts_total",
            "Events of alerts, by rule, severity and kind: opened, updated, repeated, resolved.",
            ["rule", "severity", "kind"],
            registry=self.registry,
        )
        self.repeats = Counter(
            "sightline_alerts_suppressed_total",
            "Articles that changed nothing, as what they say of a rule and its actors was known already.",
            registry=self.registry,
        )
        self.remembered = Gauge(
            "sightline_alerts_remembered", "Keys whose state is in memory, by topic.", ["topic"], registry=self.registry
        )
        self.forgotten = Counter(
            "sightline_alerts_forgotten_total",
            "Articles, stories and episodes dropped because more are known of one rule and its actors than are kept.",
            registry=self.registry,
        )
        self.unreadable = Counter(
            "sightline_alerts_unreadable_total",
            "States and rules that could not be read, by topic.",
            ["topic"],
            registry=self.registry,
        )
        self.transactions = Counter(
            "sightline_transactions_total", "Kafka transactions, by outcome.", ["outcome"], registry=self.registry
        )
        self.publish_to_alert_s = Histogram(
            "sightline_publish_to_alert_seconds",
            "From the article on its topic to the alert on its own; only what an article brought about, not the time.",
            buckets=_LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self._measure_state()
        self._show_zeros(sources)

    def _measure_state(self) -> None:
        self.state_bytes = Gauge(
            "sightline_alerts_state_bytes",
            "Size of the states in memory, as they are written, by topic.",
            ["topic"],
            registry=self.registry,
        )
        self.state_largest = Gauge(
            "sightline_alerts_state_largest_bytes",
            "Size of the largest state in memory, as it is written, by topic; in steps of a kibibyte.",
            ["topic"],
            registry=self.registry,
        )
        self.state_bound = Gauge(
            "sightline_alerts_state_bound_bytes",
            "Size of the largest state that can be written.",
            registry=self.registry,
        )

    def _show_zeros(self, sources: Iterable[str]) -> None:
        for source in sources:
            self._show_reasons(source)
            self.consumed.labels(source)
        for topic in (Topic.ALERTS_STATE, Topic.ALERTS_ARTICLES, Topic.WATCHLIST_RULES):
            self.unreadable.labels(topic.value)
        for outcome in ("committed", "aborted"):
            self.transactions.labels(outcome)

    def show_rule(self, rule: str, severity: Severity) -> None:
        """Let a rule's alerts be zero from the start."""
        for kind in AlertKind:
            self.raised.labels(rule, severity.value, kind.value)

    def forget_lag(self, topic: str) -> None:
        """Drop the lag of a topic's partitions: what is still ours is measured again."""
        for labels in [labels for labels in self.lag._metrics if labels[0] == topic]:  # noqa: SLF001 - there is no other way to list them
            self.lag.remove(*labels)


class NotifierMetrics(ConsumerMetrics):
    """The notifier. Receivers are labels by the ids that their file gives them."""

    def __init__(self, alerts_topic: str, *, prefix: str = "") -> None:
        super().__init__("notifier", prefix=prefix)
        self.attempts = Counter(
            "sightline_notifications_total",
            "Attempts to notify, and events that were silenced or muted, by kind of receiver and outcome.",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self.alert_to_delivery_s = Histogram(
            "sightline_alert_to_delivery_seconds",
            "From the event on `alerts` to its delivery.",
            ["kind"],
            buckets=_LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.receiver_lag = Gauge(
            "sightline_notifier_lag",
            "Events between a receiver's position and the end of the partitions assigned here.",
            ["receiver"],
            registry=self.registry,
        )
        self.waiting_retries = Gauge(
            "sightline_notifier_waiting_retries",
            "Events whose delivery has failed and is tried again later.",
            ["receiver"],
            registry=self.registry,
        )
        self.silences = Gauge("sightline_silences_in_force", "Silences in force.", registry=self.registry)
        self.open_alerts = Gauge(
            "sightline_notifier_open_alerts",
            "Alerts that are kept open in an Alertmanager.",
            ["receiver"],
            registry=self.registry,
        )
        self.resends = Counter(
            "sightline_notifier_resends_total",
            "Requests that keep alerts open in an Alertmanager, by how they ended.",
            ["outcome"],
            registry=self.registry,
        )
        self._show_reasons(alerts_topic)
        for outcome in (Outcome.DELIVERED, Outcome.FAILED):
            self.resends.labels(outcome.value)

    def show_receiver(self, receiver: str, kind: str) -> None:
        """Let a receiver's figures be zero from the start."""
        for outcome in Outcome:
            self.attempts.labels(kind, outcome.value)
        self.alert_to_delivery_s.labels(kind)
        self.receiver_lag.labels(receiver)
        self.waiting_retries.labels(receiver)
