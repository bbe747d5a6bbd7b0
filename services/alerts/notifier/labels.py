"""Say by which labels an alert is routed and silenced."""

from schemas import Alert
from services.alerts.notifier.matchers import Labels


def labels_of(alert: Alert) -> Labels:
    """Return an alert's labels: its rule's own, and over them what every alert has."""
    evidence_sources = {each.article.source for each in alert.cooccurrences if each.article.source}
    own = {name: {value} for name, value in alert.labels.items()}
    known = {
        "rule": {alert.rule.id},
        "severity": {alert.severity.value},
        "scope": {alert.scope.value},
        "kind": {alert.kind.value},
        "actor": {actor.actor_id for actor in alert.actors},
        "tag": {tag for actor in alert.actors for tag in actor.tags},
        "country": {country for actor in alert.actors for country in actor.countries},
        "source": evidence_sources | set(alert.sources),
    }
    return {name: frozenset(values) for name, values in {**own, **known}.items()}
