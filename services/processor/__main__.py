"""The entry point: settings and extractor are read, then the processor runs until it is told to stop."""

import sys

from schemas import Topic
from services.core.errors import ConfigurationError
from services.core.logging import configure_logging
from services.core.metrics import ProcessorMetrics
from services.core.settings import EntitiesIn, load_settings
from services.core.tracing import tracing
from services.extraction.pipeline import load_extractor
from services.processor.running import run


def main() -> int:
    """Run the service, and return its exit code: 2 if something that a person wrote cannot be used."""
    try:
        settings = load_settings()
        configure_logging(settings.log, service="processor")
        extractor = load_extractor(
            only_relevant=settings.extraction.entities is EntitiesIn.RELEVANT,
            max_cooccurrences=settings.extraction.max_cooccurrences,
            min_likelihood=settings.extraction.min_likelihood,
        )
        prefix = settings.kafka.topic_prefix
        metrics = ProcessorMetrics(Topic.ARTICLES.named(prefix), prefix=prefix)
        with tracing(settings.tracing, service="processor") as tracer:
            return run(settings, extractor, metrics, extractor.roster, tracer)
    except ConfigurationError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
