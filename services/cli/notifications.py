"""`sightline notifications`: what went to whom, when and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer
from pydantic import ValidationError

from schemas import Notification, Outcome, Topic
from services.core.cluster import require_cluster
from services.core.settings import load_settings


def notifications(
    *,
    alert: Annotated[str | None, typer.Option(help="Of this alert or event: its id.")] = None,
    receiver: Annotated[str | None, typer.Option(help="To this receiver.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="That ended so.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the last so many.")] = None,
) -> None:
    """Print every attempt to notify, and why none was made, oldest first.

    Example: sightline notifications --alert al-3f9a1c07 --outcome failed
    """
    from services.alerts.notifier.progress import read_last  # noqa: PLC0415 - only where it is used

    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.NOTIFICATIONS])
    found: list[tuple[datetime, Notification]] = []
    for record in read_last(kafka, Topic.NOTIFICATIONS):
        try:
            told = Notification.model_validate_json(record.value or b"")
        except ValidationError:
            continue  # somebody else's message; ours match the schema
        if is_wanted(told, alert=alert, receiver=receiver, outcome=outcome):
            found.append((told.at, told))
    found.sort(key=lambda each: each[0])
    shown = [told for _, told in (found if limit is None else found[-limit:])]
    for told in shown:
        typer.echo(told.model_dump_json() if json else "\n".join(_lines(told)))
    if not shown and not json:
        typer.echo("no notifications")


def is_wanted(told: Notification, *, alert: str | None, receiver: str | None, outcome: Outcome | None) -> bool:
    """Whether a notification is of this alert or event, to this receiver, and ended so; None: any."""
    return (
        alert in {None, told.alert_id, told.event_id}
        and receiver in {None, told.receiver}
        and outcome in {None, told.outcome}
    )


def _lines(told: Notification) -> Iterator[str]:
    from services.alerts.notifier.messages import one_line  # noqa: PLC0415 - only where it is used

    tried = f"attempt {told.attempt}, " if told.attempt else ""
    yield f"{told.at:%Y-%m-%d %H:%M:%S} {told.receiver}: {told.outcome.value} ({tried}route {told.route})"
    actors = ", ".join(told.actor_ids)
    yield f"  {told.kind.value} {told.alert_id}: rule {told.rule_id}, {told.severity.value}, {actors}"
    if told.detail:
        again = "" if told.retry_at is None else f"; again at {told.retry_at:%H:%M:%S}"
        yield f"  {one_line(told.detail)}{again}"
