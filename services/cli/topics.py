"""`sightline topics`: have the topics on the cluster."""

import typer
from rich.console import Console
from rich.table import Table

from schemas import Topic
from services.core.cluster import create_topics
from services.core.settings import load_settings


def create_cli() -> typer.Typer:
    """Return the subcommands."""
    cli = typer.Typer(help="The topics on the cluster.", no_args_is_help=True)
    cli.command()(create)
    cli.command("list")(show)
    return cli


def create() -> None:
    """Create the topics that do not exist yet.

    Example: SIGHTLINE_KAFKA__PARTITIONS=12 sightline topics create
    """
    kafka = load_settings().kafka
    created = create_topics(kafka)
    for name in created:
        typer.echo(f"created {name} ({kafka.partitions} partitions)")
    if not created:
        typer.echo("all topics are there already")


def show() -> None:
    """Say what each topic holds, under the name it has on the cluster.

    Example: sightline topics list
    """
    prefix = load_settings().kafka.topic_prefix
    table = Table("topic", "key", "value", "cleanup")
    for topic in Topic:
        table.add_row(topic.named(prefix), topic.spec.key, topic.spec.message, topic.cleanup.value)
    Console().print(table)
