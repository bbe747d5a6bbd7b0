"""`sightline extract`: screen texts in one call, without a broker."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from schemas import IdentifiedArticle
from services.core.errors import Unreadable
from services.core.settings import load_settings


def extract(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Text (.txt) or JSON lines (.jsonl, .json); - or nothing: standard input."),
    ] = None,
    *,
    watchlist: Annotated[Path | None, typer.Option(help="Actors to link; default: the watchlist in force.")] = None,
) -> None:
    """Print one EnrichedArticle a line for each article given.

    Standard input may be JSON lines, one article each, or one plain text.

    Example: echo "Belarus faces sanctions from the European Union." | sightline extract
    """
    from services.extraction.pipeline import load_extractor  # noqa: PLC0415 - the model takes seconds to load
    from services.ingest.files import Rejected, read_paths  # noqa: PLC0415 - loaded only where it is used
    from services.watchlist.file import read_watchlist  # noqa: PLC0415 - as above
