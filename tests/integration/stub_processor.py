"""Run the processor with an extractor that finds nothing, for tests that are about delivery; a script, not a test."""

import sys

from schemas import EnrichedArticle, IdentifiedArticle, Topic
from services.core.logging import configure_logging
from services.core.metrics import ProcessorMetrics
from services.core.settings import load_settings
from services.core.tracing import tracing
from services.processor.running import run


class FindsNothing:
    """Fails at an article whose text says so, and repeats the text of one that asks for much."""

    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        if article.text == "fail":
            msg = "told to fail"
            raise ZeroDivisionError(msg)
        if article.text.startswith("much"):
            article = article.model_copy(update={"text": article.text * 100})
        return EnrichedArticle(article=article, extractor="stub/1")


def main() -> int:
    settings = load_settings()
    configure_logging(settings.log, service="processor")
    metrics = ProcessorMetrics(Topic.ARTICLES.named(settings.kafka.topic_prefix))
    with tracing(settings.tracing, service="processor") as tracer:
        return run(settings, FindsNothing(), metrics, tracer=tracer)


if __name__ == "__main__":
    sys.exit(main())
