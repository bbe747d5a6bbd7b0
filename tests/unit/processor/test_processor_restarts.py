"""An app that the cluster failed is counted, and the next one begins."""

import asyncio

from schemas import EnrichedArticle, IdentifiedArticle
from services.core.health import Health
from services.core.metrics import ProcessorMetrics
from services.core.settings import KafkaSettings, Settings
from services.processor.running import _Run


class FindsNothing:
    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        return EnrichedArticle(article=article, extractor="test/1")


def test_an_app_that_finds_no_broker_is_a_restart() -> None:
    metrics = ProcessorMetrics("articles")
    settings = Settings(kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1"))

    async def run_once() -> bool:
        return await _Run(settings, FindsNothing(), metrics, Health(), None)._run_app()

    assert asyncio.run(run_once()), "it lets itself be stopped"
    assert metrics.registry.get_sample_value("sightline_loop_restarts_total") == 1
