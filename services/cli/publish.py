"""`sightline publish`: put files on the articles topic."""

import sys
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from schemas import Topic
from services.core.cluster import ensure_topics
from services.core.settings import Settings, load_settings
from services.core.tracing import tracing
from services.ingest.files import read_paths
from services.ingest.items import Item, Rejected
from services.ingest.producer import ArticleProducer


def publish(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Files, directories with all below them, or - for standard input. "
            "Text (.txt), JSON (.json), JSON Lines (.jsonl), web pages (.html); each also with .gz.",
        ),
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be sent.")] = False,
) -> None:
    """Publish articles to the articles topic; exits with 1 if any was rejected.

    An article counts as accepted when the broker has acknowledged it. The same address or text always gets the same
    id, so to publish a file again does no harm.

    Example: sightline publish seeds/articles
    """
    settings = load_settings()
    max_text_bytes = settings.extraction.max_text_bytes
    items = read_paths(paths, standard_input=sys.stdin.buffer, max_text_bytes=max_text_bytes)
    outcomes = items if dry_run else _published(settings, items)
    told = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    accepted = rejected = 0
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=told, transient=True, disable=not told.is_terminal) as progress:
        task = progress.add_task("publishing")
        for outcome in outcomes:
            if isinstance(outcome, Rejected):
                rejected += 1
                told.print(f"rejected {outcome.origin}: {outcome.message} ({outcome.reason})")
            else:
                accepted += 1
                if dry_run:
                    typer.echo(outcome.model_dump_json())
            progress.update(task, description=f"{accepted:,} accepted, {rejected:,} rejected")
    told.print(f"{'would send' if dry_run else 'accepted'} {accepted:,}, rejected {rejected:,}")
    if rejected:
        raise typer.Exit(1)


def _published(settings: Settings, items: Iterable[Item]) -> Iterator[Item]:
    """Publish the articles, and yield each item once it is settled."""
    ensure_topics(settings.kafka, [Topic.ARTICLES])
    timeout_s = settings.ingest.ack_timeout_s
    with (
        tracing(settings.tracing, service="publish") as tracer,
        ArticleProducer(settings.kafka, ack_timeout_s=timeout_s, tracer=tracer) as producer,
    ):
        yield from producer.publish_stream(items)
