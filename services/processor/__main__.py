"""The entry point: settings, watchlist and extractor are read, then the processor runs until it is told to stop."""

import sys
from collections.abc import Sequence
from pathlib import Path

from schemas import Actor, Topic
from services.core.errors import ConfigurationError
from services.core.logging import configure_logging
from services.core.metrics import ProcessorMetrics
from services.core.settings import EntitiesIn, load_settings
from services.extraction.pipeline import load_extractor
from services.processor.running import run
from services.watchlist.file import read_watchlist


def main() -> int:
    """Run the service, and return its exit code: 2 if something that a person wrote cannot be used."""
    try:
        settings = load_settings()
        configure_logging(settings.log, service="processor")
        extraction = settings.extraction
        watchlist = read_watchlist(extraction.watchlist_file)
        metrics = ProcessorMetrics(Topic.ARTICLES.named(settings.kafka.topic_prefix))
        show_watchlist(metrics, watchlist, extraction.watchlist_file)
        extractor = load_extractor(
            watchlist,
            only_relevant=extraction.entities is EntitiesIn.RELEVANT,
            max_cooccurrences=extraction.max_cooccurrences,
        )
        return run(settings, extractor, metrics)
    except ConfigurationError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def show_watchlist(metrics: ProcessorMetrics, watchlist: Sequence[Actor], file: Path) -> None:
    """Set the gauges that tell of the watchlist."""
    watched = sum(actor.watched for actor in watchlist)
    metrics.watchlist_actors.labels("true").set(watched)
    metrics.watchlist_actors.labels("false").set(len(watchlist) - watched)
    names = {
        name
        for actor in watchlist
        for name in (actor.name, *actor.aliases, *actor.acronyms, *actor.metonyms, *actor.demonyms)
    }
    metrics.watchlist_names.set(len(names))
    metrics.watchlist_modified.set(file.stat().st_mtime)


if __name__ == "__main__":
    sys.exit(main())
