"""The `sightline` command: one line per command here, the work in the services."""

import sys
from collections.abc import Callable
from typing import NoReturn

import typer
from kafka.errors import KafkaError
from rich.console import Console
from rich.text import Text

from services.cli import (
    alerts,
    api_key,
    dead_letters,
    extract,
    local,
    notifications,
    notify,
    publish,
    rules,
    settings,
    silences,
    topics,
    watchlist,
)
from services.core.errors import SightlineError
from services.core.extras import missing_extra

_HELP = "Reads news as a stream: who is sanctioning whom, and which watched actors appear together."


def create_cli() -> typer.Typer:
    """Return the command with all of its subcommands."""
    cli = typer.Typer(name="sightline", help=_HELP, no_args_is_help=True, pretty_exceptions_enable=False)
    cli.command()(local.up)
    cli.command()(ingest)
    cli.command()(processor)
    cli.add_typer(alerts.create_cli(), name="alerts")
    cli.add_typer(rules.create_cli(), name="rules")
    cli.add_typer(watchlist.create_cli(), name="watchlist")
    cli.add_typer(notify.create_cli(), name="notify")
    cli.add_typer(silences.create_cli(), name="silences")
    cli.command()(notifications.notifications)
    cli.command()(publish.publish)
    cli.command()(extract.extract)
    cli.add_typer(dead_letters.create_cli(), name="dead-letters")
    cli.add_typer(topics.create_cli(), name="topics")
    cli.add_typer(local.create_cli(), name="local")
    cli.command()(api_key.api_key)
    cli.command()(settings.settings)
    return cli


def ingest() -> None:
    """Run the ingest service: feeds and the HTTP API in, `articles` out.

    Example: SIGHTLINE_INGEST__HTTP__PORT=8080 sightline ingest
    """
    from services.ingest.__main__ import main as run  # noqa: PLC0415 - each command loads only what it needs

    _exit(run)


def processor() -> None:
    """Run the stream processor: `articles` in; enriched articles, sanctions mentions and co-occurrences out.

    Example: SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS=kafka:9092 sightline processor
    """
    from services.processor.__main__ import main as run  # noqa: PLC0415 - as above

    _exit(run)


def main() -> None:
    """Run the command; an error that we foresee is one line, never a traceback."""
    try:
        create_cli()()
    except (SightlineError, KafkaError) as error:
        _fail(str(error).partition("\n")[0] if isinstance(error, KafkaError) else str(error))
    except ModuleNotFoundError as error:
        if (told := missing_extra(error)) is None:
            raise
        _fail(told)


def _fail(told: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(Text.assemble(("error: ", "red"), told))
    sys.exit(2)


def _exit(run: Callable[[], int]) -> None:
    raise typer.Exit(run())
