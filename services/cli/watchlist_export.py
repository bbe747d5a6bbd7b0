"""`sightline watchlist export`: the watchlist, or lists in any format, as FollowTheMoney."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from schemas import Topic
from services.core.cluster import require_cluster
from services.core.settings import load_settings
from services.watchlist.actors_topic import read_watchlist_in_force
from services.watchlist.formats.ftm_export import to_entities
from services.watchlist.formats.recognition import read_lists


def export(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Lists in any format that is known. None: the watchlist in force.")
    ] = None,
) -> None:
    """Print FollowTheMoney entities, one JSON object a line: who is listed, and the sanctions on them.

    Example: sightline watchlist export > watchlist.ftm.json
    """
    if files:
        actors = list(read_lists(files))
    else:
        kafka = load_settings().kafka
        require_cluster(kafka, [Topic.WATCHLIST_ACTORS])
        actors = list(read_watchlist_in_force(kafka).values())
    for actor in actors:
        for line in to_entities(actor):
            sys.stdout.buffer.write(line + b"\n")
