"""`sightline watchlist load` and `diff`: make lists the watchlist in force, or see what that would change."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from schemas import Actor, Topic
from services.core.cluster import ensure_topics, require_cluster
from services.core.settings import load_settings
from services.watchlist.actors_topic import read_watchlist_in_force, write_watchlist
from services.watchlist.formats.recognition import read_named_lists
from services.watchlist.loading import Fate, Plan, plan_load, require_no_shrinking

Files = Annotated[
    list[Path],
    typer.Argument(help="Lists in any format that is known; all files of a list together, as they are given out."),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--as", help="Name of the list, which takes the place of what was loaded under it; else the authority's."
    ),
]
Known = Annotated[
    bool, typer.Option("--known", help="Only known: mentions are linked, but nobody of the list alerts by being named.")
]


def load(
    files: Files,
    *,
    name: Name = None,
    known: Known = False,
    max_shrink: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of its entries that a list may lose at once.")
    ] = 0.2,
) -> None:
    """Make lists part of the watchlist in force, at once and in every running service; only changes are written.

    A list takes the place of what was loaded under its name before: entries that it lacks are delisted.

    Example: sightline watchlist load sdn.xml.gz consolidated.xml.gz
    """
    kafka = load_settings().kafka
    ensure_topics(kafka, [Topic.WATCHLIST_ACTORS])
    with _progress() as progress:
        lists = _read(files, name, progress, known=known)
        plan = plan_load(_in_force(progress), lists)
        require_no_shrinking(plan, max_shrink)
        task = progress.add_task("writing", total=len(plan.changes))
        write_watchlist(kafka, plan.changes, lambda: progress.advance(task))
    _tell(plan, lists)


def diff(
    files: Files,
    *,
    name: Name = None,
    known: Known = False,
    against: Annotated[
        list[Path] | None, typer.Option(help="Compare with this file instead of the watchlist in force.")
    ] = None,
) -> None:
    """Print what loading lists would change, an entry a line; nothing is changed.

    Example: sightline watchlist diff sdn.xml.gz --against sdn-of-last-week.xml.gz
    """
    with _progress() as progress:
        lists = _read(files, name, progress, known=known)
        if against:
            others = plan_load({}, _read(against, name, progress, known=known)).changes.values()
            held = {actor.id: actor for actor in map(Actor.model_validate_json, filter(None, others))}
        else:
            require_cluster(load_settings().kafka, [Topic.WATCHLIST_ACTORS])
            held = _in_force(progress)
        plan = plan_load(held, lists)
    for identity, fate in sorted(plan.fates.items(), key=lambda each: (each[1], each[0])):
        if fate is not Fate.UNCHANGED:
            typer.echo(f"{fate:<9} {identity}  {plan.names[identity]}")
    _tell(plan, lists)


def _read(files: list[Path], name: str | None, progress: Progress, *, known: bool) -> dict[str, list[Actor]]:
    task = progress.add_task("reading", total=None)
    lists: dict[str, list[Actor]] = {}
    for list_name, actor in read_named_lists(files, name):
        lists.setdefault(list_name, []).append(actor.model_copy(update={"watched": False}) if known else actor)
        progress.advance(task)
    read = sum(map(len, lists.values()))
    progress.update(task, total=read, completed=read)
    return lists


def _in_force(progress: Progress) -> dict[str, Actor]:
    kafka = load_settings().kafka
    task = progress.add_task("comparing", total=1)
    held = read_watchlist_in_force(
        kafka, on_unreadable=lambda key, problem: typer.echo(f"passed over {key}: {problem}", err=True)
    )
    progress.advance(task)
    return held


def _tell(plan: Plan, lists: Iterable[str]) -> None:
    counts = plan.counts
    told = ", ".join(f"{counts[fate]:,} {fate}" for fate in Fate)
    typer.echo(f"{', '.join(sorted(lists))}: {told}", err=True)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show on standard error how far it is, where somebody looks at that."""
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not Console(stderr=True).is_terminal
    ) as progress:
        yield progress
