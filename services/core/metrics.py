"""Every metric that exists. Names of people are never labels."""

from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from schemas import Measure, Reason, Scope, Severity, Status

_STAGE_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATENCY_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600)


class ServiceMetrics:
    """What every service counts, in a registry of its own."""

    def __init__(self, service: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build = Gauge("sightline_build_info", "Always 1.", ["service", "version"], registry=self.registry)
        build.labels(service, version("sightline")).set(1)
        self.stage_s = Histogram(
            "sightline_stage_duration_seconds",
            "Time spent in one stage of the work on one message or batch.",
            ["stage"],
            buckets=_STAGE_BUCKETS_S,
            registry=self.registry,
        )


class ConsumerMetrics(ServiceMetrics):
    """What every consuming service counts besides."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.lag = Gauge(
            "sightline_consumer_lag",
            "Messages between the service's position and the end of the partition; assigned partitions only.",
            ["topic", "partition"],
            registry=self.registry,
        )
        self.dead_letters = Counter(
            "sightline_dead_letters_total",
            "Messages set aside, by the topic they came from and why.",
            ["topic", "reason"],
            registry=self.registry,
        )

    def _show_reasons(self, topic: str) -> None:
        """Let every reason be zero from the start: a rate over a series that appears later misses its first event."""
        for reason in Reason:
            self.dead_letters.labels(topic, reason.value)


class IngestMetrics(ServiceMetrics):
    """The ingest service."""

    def __init__(self) -> None:
        super().__init__("ingest")
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
        self.feed_reads = Counter(
            "sightline_feed_reads_total", "Readings of feeds, by how they ended.", ["outcome"], registry=self.registry
        )
        for reason in Reason:
            self.rejected.labels("http", reason.value)
        self.published.labels("http")


class ProcessorMetrics(ConsumerMetrics):
    """The stream processor."""

    def __init__(self, articles_topic: str) -> None:
        super().__init__("processor")
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
        self._show_reasons(articles_topic)
        for measure in Measure:
            for status in Status:
                self.mentions.labels(measure.value, status.value)
        for scope in Scope:
            self.cooccurrences.labels(scope.value)


class AlertsMetrics(ConsumerMetrics):
    """The alerts service."""

    def __init__(self, cooccurrences_topic: str) -> None:
        super().__init__("alerts")
        self.consumed = Counter(
            "sightline_cooccurrences_consumed_total", "Co-occurrences read.", registry=self.registry
        )
        self.raised = Counter(
            "sightline_alerts_total",
            "Alerts raised, by rule and severity.",
            ["rule", "severity"],
            registry=self.registry,
        )
        self.repeats = Counter(
            "sightline_alerts_suppressed_total",
            "Alerts not written because the same one had been raised already.",
            registry=self.registry,
        )
        self.transactions = Counter(
            "sightline_transactions_total", "Kafka transactions, by outcome.", ["outcome"], registry=self.registry
        )
        self.forgotten = Counter(
            "sightline_alert_ids_forgotten_total",
            "Alert ids dropped because more are known of one rule and pair than are remembered.",
            registry=self.registry,
        )
        self.publish_to_alert_s = Histogram(
            "sightline_publish_to_alert_seconds",
            "From the article on its topic to the alert on its own.",
            buckets=_LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self._show_reasons(cooccurrences_topic)
        for outcome in ("committed", "aborted"):
            self.transactions.labels(outcome)

    def show_rule(self, rule: str, severity: Severity) -> None:
        """Let a rule's alerts be zero from the start."""
        self.raised.labels(rule, severity.value)
