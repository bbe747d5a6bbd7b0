"""`sightline extract`: screen texts in one call, without a broker."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from schemas import EnrichedArticle
from services.core.settings import EntitiesIn, load_settings

Files = Annotated[
    list[str] | None,
    typer.Argument(
        help=".txt, .json, .jsonl or .html files, directories, or - (also when nothing is named): what is piped in."
    ),
]
Watchlist = Annotated[
    Path | None, typer.Option(help="Actors to link, as YAML; else SIGHTLINE_EXTRACTION__WATCHLIST_FILE.")
]
Entities = Annotated[
    EntitiesIn | None,
    typer.Option(
        help="relevant: several times as fast; an article that names no watched actor and holds no word for a sanction "
        "gets only the names on the watchlist, those of states, and of what stands for them. Else "
        "SIGHTLINE_EXTRACTION__ENTITIES."
    ),
]


def extract(files: Files = None, *, watchlist: Watchlist = None, entities: Entities = None) -> None:
    """Print one EnrichedArticle a line for each article.

    Standard input may hold JSON lines, one article each, or one plain text. What holds no article is named on
    standard error, and the exit code is then 1.

    Example: echo "Belarus faces sanctions from the European Union." | sightline extract
    """
    rejected = 0
    for outcome in _extract(files or ["-"], watchlist, entities):
        if isinstance(outcome, EnrichedArticle):
            # Lines end in \n on every system, and are written as they come, so that a pipe can be followed.
            sys.stdout.buffer.write(outcome.model_dump_json().encode() + b"\n")
            sys.stdout.buffer.flush()
        else:
            typer.echo(outcome, err=True)
            rejected += 1
    if rejected:
        raise typer.Exit(1)


def _extract(files: list[str], watchlist: Path | None, entities: EntitiesIn | None) -> Iterator[EnrichedArticle | str]:
    from services.extraction.pipeline import load_extractor  # noqa: PLC0415 - the model takes seconds to load
    from services.ingest.files import read_paths  # noqa: PLC0415 - only where it is used
    from services.ingest.items import Rejected  # noqa: PLC0415 - as above
    from services.watchlist.file import read_watchlist  # noqa: PLC0415 - as above

    settings = load_settings(find_local=False).extraction
    file = watchlist or settings.watchlist_file
    actors = read_watchlist(file) if file else ()
    extractor = load_extractor(
        actors,
        only_relevant=(entities or settings.entities) is EntitiesIn.RELEVANT,
        max_cooccurrences=settings.max_cooccurrences,
        min_likelihood=settings.min_likelihood,
    )
    for item in read_paths(files, standard_input=sys.stdin.buffer, max_text_bytes=settings.max_text_bytes):
        if isinstance(item, Rejected):
            yield f"{item.origin}: {item.message}"
        else:
            yield extractor.extract(item)
