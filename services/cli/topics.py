"""`sightline topics`: have the topics on the cluster, and who may do what with them."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from schemas import Topic
from schemas.access import Role
from services.core.access import apply_grants, list_grants, render_arguments
from services.core.cluster import create_topics
from services.core.settings import load_settings


def create_cli() -> typer.Typer:
    """Return the subcommands."""
    cli = typer.Typer(help="The topics on the cluster.", no_args_is_help=True)
    cli.command()(create)
    cli.command("list")(show)
    cli.command()(acls)
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


def acls(
    *,
    role: Annotated[list[Role] | None, typer.Option(help="Only of these.")] = None,
    principal: Annotated[
        str, typer.Option(help="What the cluster calls the users; {role} stands for the role.")
    ] = "User:sightline-{role}",
    apply: Annotated[
        bool, typer.Option("--apply", help="Add them on the cluster; needs Alter on the cluster.")
    ] = False,
) -> None:
    """Print the least rights that each service needs as arguments of kafka-acls.sh, one call a line, or apply them.

    Example: sightline topics acls | xargs -L1 kafka-acls.sh --bootstrap-server kafka:9092
    """
    settings = load_settings(find_local=apply)
    roles: Sequence[Role] = role or tuple(Role)
    grants = list(list_grants(settings, roles, principal))
    if apply:
        typer.echo(f"{apply_grants(settings.kafka, grants)} rights in force")
        return
    for line in render_arguments(grants):
        typer.echo(line)
