"""Write what goes to `notifications` and `alerts.dead-letter`, and read what comes from `alerts`."""

from datetime import datetime

from pydantic import ValidationError

from schemas import Alert, Notification, Outcome, Reason, Topic
from services.core.codec import as_unreadable, encode
from services.core.dead_letters import PREFIX, Received, dead_letter_headers
from services.core.errors import Unreadable
from services.core.headers import event_headers, read_header
from services.core.identity import notification_id
from services.core.outputs import Output

# On a dead letter and, once it is replayed, on `alerts`: only this receiver has not had it.
RECEIVER_HEADER = "sightline.receiver"
_SERVICE = "notifier"


class Undeliverable(Unreadable):
    """A receiver has not taken an event, and will not be asked again."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.UNDELIVERABLE, message)


def decode_alert(raw: bytes | None) -> Alert:
    """Read an event of `alerts`.

    Raises:
        Unreadable: Says which field is wrong.
    """
    if raw is None:
        raise Unreadable(Reason.NULL_VALUE, "the value is null: a tombstone holds no alert")
    try:
        return Alert.model_validate_json(raw)
    except ValidationError as error:
        raise as_unreadable(error) from error


def make_notification(  # noqa: PLR0913 - what a notification says
    alert: Alert,
    receiver: str,
    route: str,
    outcome: Outcome,
    *,
    attempt: int,
    at: datetime,
    detail: str | None = None,
    retry_at: datetime | None = None,
    silence_id: str | None = None,
) -> Notification:
    """Return what is told of an attempt, or of why none was made."""
    return Notification(
        id=notification_id(alert.id, receiver, attempt),
        event_id=alert.id,
        alert_id=alert.alert_id,
        kind=alert.kind,
        rule_id=alert.rule.id,
        severity=alert.severity,
        actor_ids=tuple(actor.actor_id for actor in alert.actors),
        receiver=receiver,
        route=route,
        attempt=attempt,
        outcome=outcome,
        detail=detail,
        retry_at=retry_at,
        silence_id=silence_id,
        at=at,
    )


def notification_output(notification: Notification) -> Output:
    """Return the message of a notification."""
    headers = event_headers(
        kind="notification",
        source=_SERVICE,
        event_id=notification.id,
        subject=notification.alert_id,
        time=notification.at,
    )
    return Output(Topic.NOTIFICATIONS, notification.alert_id.encode(), encode(notification), headers)


def dead_letter_output(received: Received, error: Exception, receiver: str, *, failed_at: datetime) -> Output:
    """Return the dead letter of an event that a receiver has not had."""
    headers = [
        (name, value)
        for name, value in dead_letter_headers(received, error, failed_at=failed_at)
        if name != RECEIVER_HEADER
    ]
    headers += [(RECEIVER_HEADER, receiver.encode()), (f"{PREFIX}receiver", receiver.encode())]
    # kafka-python sends no message that has neither key nor value.
    key = b"" if received.key is None and received.value is None else received.key
    return Output(Topic.ALERTS.dead_letter, key, received.value, headers)


def is_for(received: Received, receiver: str) -> bool:
    """Whether an event is for a receiver: one that was replayed is only for who has not had it."""
    return read_header(received.headers, RECEIVER_HEADER) in {None, receiver}
