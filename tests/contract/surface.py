"""All that users and earlier versions rely on, as one JSON object: a release keeps it, and the next is held to it."""

import hashlib
import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from schemas import Topic
from schemas.contract import READ, WRITTEN, asyncapi
from services.cli.settings import environment_lines
from services.core.dead_letters import Received, dead_letter_headers
from services.core.settings import KafkaSettings, Settings
from tests.contract.compatibility import Direction
from tests.deploy.exports import samples, services

GOLDEN = Path(__file__).parent / "golden"
RELEASED = Path(__file__).parent / "released"
_MODES = {Direction.ACCEPTED: "validation", Direction.WRITTEN: "serialization"}
_SAYS_NOTHING = ("title", "description", "examples")

Surface = dict[str, Any]  # JSON


def today() -> Surface:
    """Return it as the code has it now."""
    return {
        "version": version("sightline"),
        "messages": sorted(model.__name__ for model in (*WRITTEN, *READ)),
        "models": {direction.value: _definitions(direction) for direction in Direction},
        "topics": {
            topic.value: {
                "key": topic.spec.key,
                "messages": list(topic.spec.messages),
                "cleanup": topic.cleanup.value,
            }
            for topic in Topic
        },
        "partitions": KafkaSettings.model_fields["partitions"].default,
        "headers": sorted(asyncapi()["components"]["messages"]["Alert"]["headers"]["properties"]),
        "dead_letter_headers": _dead_letter_headers(),
        "metrics": {
            service: {
                name: sorted(labels)
                for name, labels in sorted(samples(metrics.registry).items())
                if name.startswith("sightline_")
            }
            for service, metrics in services().items()
        },
        "settings": sorted(line.partition("=")[0] for line in environment_lines(Settings.model_construct())),
        "golden": {
            path.relative_to(GOLDEN).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(GOLDEN.rglob("*.json"))
        },
    }


def last_released() -> Surface:
    """Return it as the last release had it."""
    newest = max(RELEASED.glob("*.json"), key=lambda path: parse_version(path.stem))
    released: Surface = json.loads(newest.read_text("utf-8"))
    return released


def parse_version(text: str) -> tuple[int, ...]:
    """Return a version `1.2.3` as numbers that can be compared."""
    return tuple(int(part) for part in text.split("."))


def _dead_letter_headers() -> list[str]:
    received = Received(topic="", partition=0, offset=0, key=None, value=None)
    return sorted(name for name, _ in dead_letter_headers(received, ValueError(), failed_at=datetime.now(UTC)))


def _definitions(direction: Direction) -> dict[str, Any]:
    """Return the JSON Schema of every model by its name, without what only people read."""
    mode: Any = _MODES[direction]  # a Literal that mypy does not follow through the mapping
    _, document = models_json_schema([(model, mode) for model in (*WRITTEN, *READ)])
    return {name: _strip(schema) for name, schema in sorted(document["$defs"].items())}


def _strip(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strip(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        keyword: {field: _strip(inner) for field, inner in value.items()} if keyword == "properties" else _strip(value)
        for keyword, value in schema.items()
        if keyword not in _SAYS_NOTHING
    }
