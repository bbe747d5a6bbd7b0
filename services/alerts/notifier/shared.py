"""What the loops of all receivers share."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from services.alerts.notifier.outbox import Outbox
from services.alerts.notifier.retrying import Backoff
from services.alerts.notifier.routing import Routes
from services.alerts.notifier.silencing import ReadSilence
from services.core.metrics import NotifierMetrics
from services.core.tracing import Tracer


@dataclass(frozen=True, slots=True)
class Shared:
    """Made once.

    Attributes:
        routes: Which alerts go where.
        silences: Returns the silences that there are.
        outbox: Takes notifications and dead letters.
        metrics: Of the service.
        backoff: How pauses grow.
        alerts_topic: Its name on the cluster.
        stop: Ends the loops.
        tracer: Told of each delivery's span.
        group: What the consumer groups of all receivers begin with.
    """

    routes: Routes
    silences: Callable[[], tuple[ReadSilence, ...]]
    outbox: Outbox
    metrics: NotifierMetrics
    backoff: Backoff
    alerts_topic: str
    stop: threading.Event
    tracer: Tracer
    group: str
