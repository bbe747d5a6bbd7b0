"""`sightline alerts`: run the alerts service, follow what it raises, and ask why."""

from contextlib import suppress
from itertools import islice
from typing import Annotated

import typer
from rich.console import Console

from schemas import Topic
from services.core.cluster import require_cluster
from services.core.settings import load_settings

_POLL_S = 0.5


def create_cli() -> typer.Typer:
    """Return the command and its subcommands."""
    cli = typer.Typer()
    cli.callback(invoke_without_command=True)(run)
    cli.command()(tail)
    cli.command()(explain)
    return cli


def run(context: typer.Context) -> None:
    """Run the alerts service: `actors.cooccurrences` in, `alerts` out. With `tail`: follow the alerts.

    Example: SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS=kafka:9092 sightline alerts
    """
    if context.invoked_subcommand is None:
        from services.alerts.__main__ import main  # noqa: PLC0415 - only where it is used

        raise typer.Exit(main())


def tail(
    *,
    new: Annotated[bool, typer.Option("--new", help="Only events from now on.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many events.")] = None,
) -> None:
    """Print each event of each alert, from the first one on, and wait for more; Ctrl-C ends it.

    Example: sightline alerts tail --json | jq .summary
    """
    from services.local.feed import AlertFeed  # noqa: PLC0415 - only where it is used
    from services.local.rendering import render_alert  # noqa: PLC0415 - as above

    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.ALERTS])
    console = Console()
    printed = 0
    with AlertFeed(kafka, last=0 if new else None) as feed, suppress(KeyboardInterrupt):
        while limit is None or printed < limit:
            for alert in islice(feed.poll(_POLL_S), limit and limit - printed):
                printed += 1
                if json:
                    typer.echo(alert.model_dump_json())
                else:
                    console.print(render_alert(alert))


def explain(
    event: Annotated[str, typer.Argument(help="Id of an event or alert on the topic, or a file of JSON lines, or -.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Say why an alert was raised, and decide it anew from the event alone; exit 1 if that comes out otherwise.

    Example: sightline alerts tail --json --limit 5 | sightline alerts explain -
    """
    from services.alerts.explaining import explain_event  # noqa: PLC0415 - only where it is used
    from services.local.feed import find_events  # noqa: PLC0415 - as above

    explanations = [explain_event(alert) for alert in find_events(event, load_settings)]
    for explanation in explanations:
        typer.echo(explanation.as_json() if json else explanation.as_text())
    if not all(explanation.agrees for explanation in explanations):
        raise typer.Exit(1)
