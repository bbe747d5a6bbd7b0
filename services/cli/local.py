"""`sightline up` and `sightline local`: the embedded broker and everything on one machine."""

from typing import Annotated

import typer
from rich.console import Console

from services.core.settings import load_settings


def create_cli() -> typer.Typer:
    """Return the subcommands of `local`."""
    cli = typer.Typer(help="The embedded broker.", no_args_is_help=True)
    cli.callback()(local)
    cli.command()(fetch)
    return cli


def up(
    *,
    once: Annotated[bool, typer.Option("--once", help="Exit as soon as the alerts of the seeds have arrived.")] = False,
) -> None:
    """Start a broker and all services here, publish the seeds, and print each alert as it arrives.

    With SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS set, that cluster is used and no broker is started.

    Example: sightline up --once
    """
    from services.local.up import run_up  # noqa: PLC0415 - only where it is used

    raise typer.Exit(run_up(load_settings(find_local=False), Console(), once=once))


def fetch() -> None:
    """Fetch Apache Kafka's jars, unless they are here: those of the lock, each verified by its SHA-256.

    Example: SIGHTLINE_LOCAL__MAVEN_REPOSITORY=https://mirror.example/maven2 sightline local fetch
    """
    from services.local.fetch import fetch_broker  # noqa: PLC0415 - only where it is used

    fetch_broker(load_settings(find_local=False).local, Console())


def local() -> None:
    """The embedded broker."""
