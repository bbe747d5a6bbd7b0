"""What to do next, once everything runs: how to produce, how to subscribe, where to look."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from schemas import Topic
from services.core.settings import KafkaSettings, Settings

# Each brings together two watched actors whom the seeds do not: its alert is opened at once.
EXAMPLES = (
    "Kim Jong Un received Wang Yi and denounced UN sanctions on North Korea.",
    "Nicolas Maduro thanked Ramzan Kadyrov for his help against US sanctions on Venezuela.",
)


def guide(kafka: KafkaSettings, services: Mapping[str, str], settings: Settings) -> RenderableType:
    """Return the text.

    Args:
        kafka: The cluster in use.
        services: Where each service answers, by name.
        settings: All settings, for the API key and the logs' place.
    """
    servers, ingest = kafka.bootstrap_servers, services["ingest"]
    articles, alerts = (topic.named(kafka.topic_prefix) for topic in (Topic.ARTICLES, Topic.ALERTS))
    key = " -H 'X-API-Key: …'" if settings.ingest.api_key or settings.ingest.api_keys else ""
    sections = {
        "Produce an article": (
            f"curl{key} -H 'Content-Type: text/plain' --data '{EXAMPLES[0]}' {ingest}/articles",
            "sightline publish PATH…",
            f"echo '{EXAMPLES[1]}' | python -m kafka.producer -b {servers} -t {articles}",
        ),
        "Subscribe to alerts": (
            "sightline alerts tail",
            f"python -m kafka.consumer -b {servers} -t {alerts} -C isolation_level=read_committed",
        ),
        "Look": (
            f"HTTP API    {ingest}/docs",
            *(f"{name:<11} {url}/metrics  {url}/healthz  {url}/readyz" for name, url in services.items()),
            f"logs        {settings.local.data_dir / 'logs'}",
        ),
    }
    lines = []
    for title, entries in sections.items():
        lines.append(Text(f"\n{title}", "bold"))
        lines += [Text(f"  {entry}") for entry in entries]
    lines.append(Text("\n(`sightline` and `python` are those of .venv/bin.) Ctrl-C stops everything.\n", "dim"))
    return Group(*lines)
