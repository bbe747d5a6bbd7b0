"""`sightline notify`: run the notifier, check who would be notified, and see where an alert would go."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas import Alert, Topic
from services.core.cluster import require_cluster
from services.core.errors import ConfigurationError, Unreadable
from services.core.settings import NotifierSettings, Settings, load_settings

_STDIN = "-"

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Receivers and routes; else SIGHTLINE_NOTIFIER__CONFIG_FILE.")
]


def create_cli() -> typer.Typer:
    """Return the command and its subcommands."""
    cli = typer.Typer()
    cli.callback(invoke_without_command=True)(run)
    cli.command()(check)
    cli.command()(route)
    return cli


def run(context: typer.Context) -> None:
    """Run the notifier: `alerts` in; mails, messages, webhooks and Alertmanager out.

    Example: SIGHTLINE_NOTIFIER__CONFIG_FILE=notify.yaml sightline notify
    """
    if context.invoked_subcommand is None:
        from services.alerts.notifier.__main__ import main  # noqa: PLC0415 - only where it is used

        raise typer.Exit(main())


def check(*, config: ConfigFile = None) -> None:
    """Check the file of receivers and routes, secrets included; nothing is connected or sent.

    Example: sightline notify check --config notify.yaml
    """
    from services.alerts.notifier.app import load_config  # noqa: PLC0415 - only where it is used

    notifier = _with_file(load_settings().notifier, config)
    read, _ = load_config(notifier)
    typer.echo(f"{notifier.config_file}: {len(read.receivers)} receivers, {len(read.routes)} routes")
    routed = {receiver for route in read.routes for receiver in route.receivers}
    for receiver in read.receivers:
        events = ", ".join(event.value for event in receiver.events)
        unused = "" if receiver.id in routed else " (no route leads there)"
        typer.echo(f"  {receiver.id}: {receiver.kind.value}, {events}{unused}")


def route(
    file: Annotated[str | None, typer.Argument(help="Alerts as JSON, one a line, or - for standard input.")] = None,
    *,
    event: Annotated[str | None, typer.Option(help="Id of an event on `alerts`, or of an alert: all of its.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="The last so many events on `alerts`.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="With FILE: look at no cluster, so at no silences.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Show where alerts would go, by which route, and whether they would be silenced or muted now; send nothing.

    Example: sightline notify route --last 20
    """
    if sum((file is not None, event is not None, last is not None)) != 1:
        raise typer.BadParameter("give a FILE, or --event, or --last, and one of them only")
    settings = load_settings()
    alerts = list(_read_file(file) if file is not None else _read_topic(settings, event, last))
    if not alerts:
        typer.echo("no such alerts", err=True)
        raise typer.Exit(1)
    _show(settings, alerts, config, look_at_silences=file is None or not offline)


def _show(settings: Settings, alerts: list[Alert], config: Path | None, *, look_at_silences: bool) -> None:
    from services.alerts.notifier.config import read_config  # noqa: PLC0415 - only where it is used
    from services.alerts.notifier.dry_run import destinations  # noqa: PLC0415 - as above
    from services.alerts.notifier.messages import one_line  # noqa: PLC0415 - as above
    from services.alerts.notifier.routing import Routes  # noqa: PLC0415 - as above
    from services.cli.silences import silences_now  # noqa: PLC0415 - as above

    read = read_config(_file_of(_with_file(settings.notifier, config)))
    silences = silences_now(settings.kafka) if look_at_silences else []
    routes, now = Routes.of(read.routes), datetime.now(UTC)
    for alert in alerts:
        actors = ", ".join(actor.actor_id for actor in alert.actors)
        typer.echo(
            f"{alert.kind.value} {alert.id} of {alert.alert_id}: rule {alert.rule.id}, {alert.severity.value}, {actors}"
        )
        found = destinations(alert, read.receivers, routes, silences, now)
        for destination in found:
            typer.echo(f"  {destination.receiver} by {destination.route}: {one_line(destination.fate)}")
        if not found:
            typer.echo("  nobody: no route matches")


def _read_file(name: str) -> Iterator[Alert]:
    from services.alerts.notifier.notifications import decode_alert  # noqa: PLC0415 - only where it is used

    try:
        raw = sys.stdin.buffer.read() if name == _STDIN else Path(name).read_bytes()
    except OSError as error:
        msg = f"{name}: cannot be read ({error.strerror or error})"
        raise ConfigurationError(msg) from error
    try:
        yield decode_alert(raw)  # one alert, over several lines
    except Unreadable as whole:
        lines = [(number, line) for number, line in enumerate(raw.splitlines(), start=1) if line.strip()]
        if len(lines) < 2:
            msg = f"{name}: no alert: {whole}"
            raise ConfigurationError(msg) from whole
        for number, line in lines:
            try:
                yield decode_alert(line)
            except Unreadable as error:
                msg = f"{name}, line {number}: no alert: {error}"
                raise ConfigurationError(msg) from error


def _read_topic(settings: Settings, event: str | None, last: int | None) -> list[Alert]:
    from services.alerts.notifier.notifications import decode_alert  # noqa: PLC0415 - only where it is used
    from services.alerts.notifier.progress import read_last  # noqa: PLC0415 - as above

    require_cluster(settings.kafka, [Topic.ALERTS])
    found: list[tuple[int, Alert]] = []
    # Of each partition a few more: markers of transactions take offsets too.
    for record in read_last(settings.kafka, Topic.ALERTS, last=None if last is None else last * 3 + 10):
        try:
            alert = decode_alert(record.value)
        except Unreadable:
            continue
        if event is None or event in {alert.id, alert.alert_id}:
            found.append((record.timestamp, alert))
    found.sort(key=lambda each: each[0])
    alerts = [alert for _, alert in found]
    return alerts if last is None else alerts[-last:]


def _with_file(notifier: NotifierSettings, config: Path | None) -> NotifierSettings:
    changed = notifier if config is None else notifier.model_copy(update={"config_file": config})
    _file_of(changed)
    return changed


def _file_of(notifier: NotifierSettings) -> Path:
    if notifier.config_file is None:
        msg = "no receivers: set SIGHTLINE_NOTIFIER__CONFIG_FILE, or give --config"
        raise ConfigurationError(msg)
    return notifier.config_file
