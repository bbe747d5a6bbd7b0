"""`sightline alerts`: run the alerts service, and follow what it raises."""

from typing import Annotated

import typer
from rich.console import Console

from schemas import Alert, Topic
from services.core.clients import create_consumer
from services.core.cluster import require_cluster
from services.core.settings import load_settings

_POLL_MS = 500


def create_cli() -> typer.Typer:
    """Return the command and its subcommands."""
    cli = typer.Typer()
    cli.callback(invoke_without_command=True)(run)
    cli.command()(tail)
    return cli


def run(context: typer.Context) -> None:
    """Run the alerts service: `actors.cooccurrences` in, `alerts` out. With `tail`: follow the alerts.

    Example: SIGHTLINE_ALERTS__RULES_FILE=rules.yaml sightline alerts
    """
    if context.invoked_subcommand is None:
        from services.alerts.__main__ import main  # noqa: PLC0415 - only where it is used

        raise typer.Exit(main())


def tail(
    *,
    new: Annotated[bool, typer.Option("--new", help="Only alerts that are raised from now on.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many alerts.")] = None,
) -> None:
    """Print each alert, from the first one on, and wait for more; Ctrl-C ends it.

    Example: sightline alerts tail --json | jq .summary
    """
    from services.local.rendering import render_alert  # noqa: PLC0415 - only where it is used

    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.ALERTS])
    console = Console()
    consumer = create_consumer(kafka, auto_offset_reset="latest" if new else "earliest")
    consumer.subscribe([Topic.ALERTS.named(kafka.topic_prefix)])
    printed = 0
    try:
        while limit is None or printed < limit:
            for records in consumer.poll(timeout_ms=_POLL_MS, max_records=limit and limit - printed).values():
                for record in records:
                    printed += 1
                    if json:
                        typer.echo(record.value.decode())
                    else:
                        console.print(render_alert(Alert.model_validate_json(record.value)))
    except KeyboardInterrupt:
        typer.echo()
    finally:
        consumer.close()
