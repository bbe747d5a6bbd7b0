"""Send events as signed CloudEvents to a webhook."""

import time
from collections.abc import Callable, Sequence

from services.alerts.notifier.channel import Event
from services.alerts.notifier.http_channel import HttpSender
from services.alerts.notifier.messages import CLOUDEVENT_TYPE, cloudevent
from services.alerts.notifier.signing import sign


class WebhookChannel:
    """Signs each request anew, for the signature holds the time; the body and the idempotency key stay the same."""

    def __init__(self, sender: HttpSender, secrets: Sequence[bytes], clock: Callable[[], float] = time.time) -> None:
        self._sender = sender
        self._secrets = secrets
        self._clock = clock

    def deliver(self, event: Event) -> str:
        """Post an event; see `Channel`."""
        identity = event.alert.id
        body = cloudevent(event.alert, event.raw, event.traceparent)
        signature = sign(self._secrets, message_id=identity, timestamp_s=int(self._clock()), body=body)
        headers = {"Content-Type": CLOUDEVENT_TYPE, "Idempotency-Key": identity, **event.trace_headers, **signature}
        return self._sender.post(body, headers)

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()
