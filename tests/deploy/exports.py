"""What the services export: every sample's name and labels, from the registries that they make."""

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from schemas import Topic
from services.core.health import Health
from services.core.metrics import AlertsMetrics, IngestMetrics, NotifierMetrics, ProcessorMetrics, ServiceMetrics
from services.core.status_server import show_readiness

TARGET = frozenset({"job", "instance", "namespace"})  # labels that Prometheus gives to whatever it scrapes
_OWN = {"up": frozenset[str](), "ALERTS": frozenset({"alertname", "alertstate", "severity"})}  # Prometheus' own
# What is exported of each kind of metric, with the labels that come of it.
_SUFFIXES: dict[str, dict[str, frozenset[str]]] = {
    "gauge": {"": frozenset()},
    "counter": {"_total": frozenset()},
    "info": {"_info": frozenset({"version"})},
    "histogram": {"_bucket": frozenset({"le"}), "_count": frozenset(), "_sum": frozenset()},
}


def services() -> dict[str, ServiceMetrics]:
    """Return the metrics of each service, as it makes them."""
    sources = (Topic.ACTORS_COOCCURRENCES, Topic.ARTICLES_ENRICHED)
    made = {
        "ingest": IngestMetrics(),
        "processor": ProcessorMetrics(Topic.ARTICLES.value),
        "alerts": AlertsMetrics([topic.value for topic in sources]),
        "notifier": NotifierMetrics(Topic.ALERTS.value),
    }
    for metrics in made.values():
        show_readiness(metrics.registry, Health())
    return made


def samples(registry: CollectorRegistry) -> dict[str, frozenset[str]]:
    """Return the labels of each sample that a registry can export, by its name."""
    found: dict[str, frozenset[str]] = {}
    for collector in registry._collector_to_names:
        if isinstance(collector, MetricWrapperBase):
            for suffix, extra in _SUFFIXES[str(collector._type)].items():
                found[collector._name + suffix] = frozenset(collector._labelnames) | extra
    for family in registry.collect():  # what is no metric of its own, such as the process
        for sample in family.samples:
            found.setdefault(sample.name, frozenset(sample.labels))
    return found


def everything() -> dict[str, frozenset[str]]:
    """Return the labels of each sample there can be in Prometheus, rules apart."""
    found = dict(_OWN)
    for metrics in services().values():
        for name, labels in samples(metrics.registry).items():
            found[name] = found.get(name, frozenset()) | labels
    return found
