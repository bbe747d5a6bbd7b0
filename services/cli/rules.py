"""`sightline rules`: which co-occurrences raise alerts."""

from pathlib import Path
from typing import Annotated

import typer

from schemas import Topic
from services.alerts.rule_topic import load_rules, read_rules_in_force
from services.alerts.rules import read_rules
from services.core.cluster import require_cluster
from services.core.errors import ConfigurationError
from services.core.settings import load_settings


def create_cli() -> typer.Typer:
    """Return the command with its subcommands."""
    cli = typer.Typer(help="Load, check and show the rules that raise alerts.", no_args_is_help=True)
    cli.command()(load)
    cli.command()(check)
    cli.command(name="list")(show)
    return cli


def load(
    file: Annotated[Path, typer.Argument(help="YAML with a list under `rules`.")],
    *,
    allow_none: Annotated[bool, typer.Option("--allow-none", help="Let a file without rules remove them all.")] = False,
) -> None:
    """Make the rules of a file the rules in force, at once and in every running alerts service.

    Rules that the file does not hold are removed, and their open alerts resolved.

    Example: sightline rules load rules.yaml
    """
    rules = read_rules(file)
    if not rules and not allow_none:
        msg = f"{file} holds no rules: with --allow-none all are removed, and the default rule is in force"
        raise ConfigurationError(msg)
    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.WATCHLIST_RULES])
    for rule, fate in sorted(load_rules(kafka, rules).items()):
        typer.echo(f"{fate:<10} {rule}")


def check(file: Annotated[Path, typer.Argument(help="YAML with a list under `rules`.")]) -> None:
    """Say what is wrong with a file of rules, by line and field; needs no cluster.

    Example: sightline rules check rules.yaml
    """
    for rule in read_rules(file):
        typer.echo(f"ok {rule.id}: {rule.name}")


def show(*, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Print the rules in force.

    Example: sightline rules list
    """
    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.WATCHLIST_RULES])
    rules = read_rules_in_force(kafka)
    if not rules and not json:
        typer.echo("none loaded: the default rule is in force (any two watched actors in one sentence)")
    for _, rule in sorted(rules.items()):
        typer.echo(rule.model_dump_json() if json else f"{rule.severity.value:<9} {rule.id}: {rule.name}")
