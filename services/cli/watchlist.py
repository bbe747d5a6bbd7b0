"""`sightline watchlist`: official lists, checked and searched as they are given out, and the watchlist in force."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from schemas import Actor, ActorType, Topic
from services.cli.watchlist_changes import diff, load
from services.cli.watchlist_decisions import allow, block, decisions, undo
from services.cli.watchlist_export import export
from services.core.cluster import require_cluster
from services.core.settings import load_settings
from services.watchlist.actors_topic import read_watchlist_in_force
from services.watchlist.formats.members import members
from services.watchlist.formats.recognition import read_lists, recognise
from services.watchlist.searching import search as find

_FORMATS = "Lists in any format that is known, .gz and .zip too; of OFAC's CSV, all files or their folder."
Files = Annotated[list[Path], typer.Argument(help=_FORMATS)]
FilesOrNone = Annotated[list[Path] | None, typer.Argument(help=f"{_FORMATS} None: the watchlist in force.")]


def create_cli() -> typer.Typer:
    """Return the command with its subcommands."""
    cli = typer.Typer(help="Official lists, and the watchlist in force.", no_args_is_help=True)
    cli.command()(load)
    cli.command()(diff)
    cli.command()(validate)
    cli.command()(stats)
    cli.command()(search)
    cli.command()(export)
    cli.command()(block)
    cli.command()(allow)
    cli.command()(undo)
    cli.command()(decisions)
    return cli


def validate(files: Files) -> None:
    """Say of each file which format it has, and what is wrong with it, by line and field.

    Example: sightline watchlist validate sdn.xml.gz 20240513-FULL-1_1.xml
    """
    for path in files:
        for member in members(path):
            typer.echo(f"{member.source}: {recognise(member)}")
    typer.echo(f"ok: {sum(1 for _ in read_lists(files)):,} actors")


def stats(files: FilesOrNone = None) -> None:
    """Count the actors of lists, their names, and what is known of them.

    Example: sightline watchlist stats sdn.xml.gz
    """
    for what, count in _count(_actors(files)).items():
        typer.echo(f"{count:>10,}  {what}")


def search(
    name: Annotated[str, typer.Argument(help="A name in any script, order and spelling, or words of one.")],
    files: FilesOrNone = None,
    *,
    kind: Annotated[ActorType | None, typer.Option("--type", help="Only actors of this type.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with everything known.")] = False,
) -> None:
    """Print whose name has these words or is likely the same, the likeliest first. Exits with 1 if nobody's.

    In front stands how likely the two names are of one bearer, from 0 to 1, and behind the name where it is not the
    first. How many people have such a name is not considered.

    Example: sightline watchlist search "владимир путин" sdn.xml.gz
    """
    found = find(_actors(files), name, kind)
    for each in found:
        actor = each.actor
        told = f"{each.likeness:.2f}  {actor.id}  {actor.name} ({actor.type}; "
        told += f"{', '.join((*actor.countries, *actor.programmes)) or '-'})"
        told += f"  as {each.name}" * (each.name != actor.name)
        typer.echo(actor.model_dump_json(exclude_defaults=True) if json else told)
    if not found:
        raise typer.Exit(1)


def _actors(files: list[Path] | None) -> Iterable[Actor]:
    if files:
        return read_lists(files)
    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.WATCHLIST_ACTORS])
    return read_watchlist_in_force(kafka).values()


def _count(actors: Iterable[Actor]) -> Counter[str]:
    counts: Counter[str] = Counter({"actors": 0})
    lists: Counter[str] = Counter()
    for actor in actors:
        counts["actors"] += 1
        counts[f"  {actor.type}"] += 1
        counts["further names"] += len(actor.aliases)
        counts["weak names"] += len(actor.weak_aliases)
        counts["with a country"] += bool(actor.countries)
        counts["with a birth date"] += bool(actor.birth_dates)
        counts["with a number of a document or register"] += bool(actor.id_numbers)
        counts["on several lists"] += bool(actor.same_as)
        if actor.loaded_as:
            lists[f"loaded as `{actor.loaded_as}`"] += 1
    counts.update(lists)
    return counts
