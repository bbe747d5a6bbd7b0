"""`sightline watchlist`: official lists, read and searched as they are given out."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from schemas import Actor
from services.watchlist.folding import fold
from services.watchlist.formats.members import members
from services.watchlist.formats.recognition import read_lists, recognise

Files = Annotated[
    list[Path],
    typer.Argument(
        help="Lists in any format that is known, .gz and .zip too; of OFAC's CSV, all files or their folder."
    ),
]


def create_cli() -> typer.Typer:
    """Return the command with its subcommands."""
    cli = typer.Typer(help="Check, count and search official lists.", no_args_is_help=True)
    cli.command()(validate)
    cli.command()(stats)
    cli.command()(search)
    return cli


def validate(files: Files) -> None:
    """Say of each file which format it has, and what is wrong with it, by line and field.

    Example: sightline watchlist validate sdn.xml.gz 20240513-FULL-1_1.xml
    """
    for path in files:
        for member in members(path):
            typer.echo(f"{member.source}: {recognise(member)}")
    typer.echo(f"ok: {sum(1 for _ in read_lists(files)):,} actors")


def stats(files: Files) -> None:
    """Count the actors of lists, their names, and what is known of them.

    Example: sightline watchlist stats sdn.xml.gz
    """
    for what, count in _count(read_lists(files)).items():
        typer.echo(f"{count:>10,}  {what}")


def search(
    name: Annotated[str, typer.Argument(help="Words of a name, in any order; case and accents do not matter.")],
    files: Files,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with everything known.")] = False,
) -> None:
    """Print whoever has a name with these words. Exits with 1 if nobody has.

    Example: sightline watchlist search "vladimir putin" sdn.xml.gz
    """
    words = set(fold(name).split())
    found = [actor for actor in read_lists(files) if _is_called(actor, words)]
    for actor in found:
        told = f"{actor.id}  {actor.name} ({actor.type}; {', '.join((*actor.countries, *actor.programmes)) or '-'})"
        typer.echo(actor.model_dump_json(exclude_defaults=True) if json else told)
    if not found:
        raise typer.Exit(1)


def _count(actors: Iterable[Actor]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for actor in actors:
        counts["actors"] += 1
        counts[f"  {actor.type}"] += 1
        counts["further names"] += len(actor.aliases)
        counts["weak names"] += len(actor.weak_aliases)
        counts["with a country"] += bool(actor.countries)
        counts["with a birth date"] += bool(actor.birth_dates)
    return counts


def _is_called(actor: Actor, words: set[str]) -> bool:
    names = (actor.name, *actor.aliases, *actor.weak_aliases)
    return any(words <= set(fold(name).replace(",", " ").split()) for name in names)
