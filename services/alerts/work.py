"""Turn one message of `actors.cooccurrences` into what is to be written: alerts, state, or a dead letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from schemas import Alert, AlertState, CoOccurrence, Reason, Rule, Topic
from services.alerts.state import Outcome, advance
from services.core.codec import encode
from services.core.dead_letters import Received, dead_letter_headers, reason_of
from services.core.errors import Unreadable
from services.core.headers import ARTICLE_TIME, TRACEPARENT, continue_trace, event_headers, read_header
from services.core.outputs import Output, too_large

_SERVICE = "alerts"


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the service: alert ids remembered of a rule and pair, and the largest message in bytes."""

    remembered_alerts: int
    max_message_bytes: int


@dataclass(frozen=True, slots=True)
class Work:
    """What became of one message."""

    outputs: tuple[Output, ...] = ()
    outcome: Outcome = field(default_factory=Outcome)
    article_time: str | None = None
    failed: Reason | None = None


def work_on(
    received: Received,
    state: Mapping[str, AlertState],
    rules: Sequence[Rule],
    *,
    written_at: datetime,
    limits: Limits,
) -> Work:
    """Return what is to be written for a message; the same message gives the same, but for the ids of trace spans.

    Args:
        received: The message.
        state: Of the message's partition, by alert key.
        rules: In force.
        written_at: The message's own timestamp.
        limits: What is remembered, and how large a message may be.
    """
    try:
        cooccurrence = decode_cooccurrence(received.value)
        outcome = advance(state, rules, cooccurrence, raised_at=written_at, remembered=limits.remembered_alerts)
        alerts = [_alert_output(key, alert, received) for key, alert in outcome.alerts]
        states = [_state_output(key, state, received.partition) for key, state in outcome.states]
        _require_small([*alerts, *states], limits.max_message_bytes)
    except Exception as error:  # noqa: BLE001 - one message that we fail on must not stop the others: it is set aside
        headers = dead_letter_headers(received, error, failed_at=written_at)
        # kafka-python sends no message that has neither key nor value.
        key = b"" if received.key is None and received.value is None else received.key
        letter = Output(Topic.ACTORS_COOCCURRENCES.dead_letter, key, received.value, headers)
        return Work((letter,), failed=reason_of(error))
    return Work((*alerts, *states), outcome, read_header(received.headers, ARTICLE_TIME))


def decode_cooccurrence(raw: bytes | None) -> CoOccurrence:
    """Read a co-occurrence.

    Raises:
        Unreadable: Says which field is wrong.
    """
    if raw is None:
        raise Unreadable(Reason.NULL_VALUE, "the value is null: a tombstone holds no co-occurrence")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(Reason.NOT_UTF8, f"the value is not UTF-8: byte {error.start} ({error.reason})") from error
    try:
        return CoOccurrence.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the value"
        reason = Reason.NOT_JSON if first["type"] == "json_invalid" else Reason.INVALID_FIELD
        raise Unreadable(reason, f"{place}: {first['msg']}") from error


def _require_small(outputs: Sequence[Output], max_bytes: int) -> None:
    """Refuse what the producer would refuse: in a transaction that would fail the whole batch again and again."""
    for output in outputs:
        if output.size > max_bytes:
            raise too_large(output, max_bytes)


def _alert_output(key: str, alert: Alert, received: Received) -> Output:
    headers = event_headers(
        kind="alert",
        source=_SERVICE,
        event_id=alert.id,
        subject=alert.article.id,
        time=alert.raised_at,
        traceparent=continue_trace(read_header(received.headers, TRACEPARENT)),
    )
    article_time = read_header(received.headers, ARTICLE_TIME)
    if article_time is not None:
        headers.append((ARTICLE_TIME, article_time.encode()))
    return Output(Topic.ALERTS, key.encode(), encode(alert), headers)


def _state_output(key: str, state: AlertState, partition: int) -> Output:
    # In the partition that the co-occurrence came from: whoever is assigned that one restores this one.
    return Output(Topic.ALERTS_STATE, key.encode(), encode(state), [], partition)
