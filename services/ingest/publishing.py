"""Publish what was read, and count it: the one path that the HTTP API and the feeds share."""

from collections.abc import Sequence

from schemas import IdentifiedArticle
from services.core.logging import get_logger
from services.core.metrics import IngestMetrics
from services.ingest.items import Item, Rejected, rejected
from services.ingest.producer import Publisher

_log = get_logger(__name__)


def publish_items(
    publisher: Publisher, items: Sequence[Item], metrics: IngestMetrics, *, kind: str, traceparent: str | None = None
) -> list[Item]:
    """Publish the articles among the items, and return all: each article acknowledged, or in its place a rejection.

    Args:
        kind: Where they came from, as the metrics' label: `http` or `feed`.

    Raises:
        BrokerUnavailable: At least one was not acknowledged in time; none is counted.
    """
    articles = [item for item in items if isinstance(item, IdentifiedArticle)]
    with metrics.stage_s.labels("publish").time():
        problems = iter(publisher.publish(articles, traceparent=traceparent) if articles else ())
    outcomes: list[Item] = []
    for item in items:
        problem = None if isinstance(item, Rejected) else next(problems)
        outcomes.append(item if problem is None else rejected(kind, problem))
    for outcome in outcomes:
        if isinstance(outcome, Rejected):
            metrics.rejected.labels(kind, outcome.reason.value).inc()
            _log.debug("rejected", origin=outcome.origin, reason=outcome.reason.value)
        else:
            metrics.published.labels(kind).inc()
            _log.debug("published", article_id=outcome.id)
    return outcomes
