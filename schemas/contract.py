"""Generate the published contract from the models: a JSON Schema per message and an AsyncAPI 3 document.

`python -m schemas.contract DIRECTORY` writes it; a test compares.
"""

import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from schemas.actor import Actor
from schemas.alert import Alert, AlertState
from schemas.article import Article
from schemas.base import Message
from schemas.correction import ArticleState, Retraction
from schemas.dead_letter import DeadLetter
from schemas.decision import NameDecision
from schemas.extraction import CoOccurrence, EnrichedArticle, SanctionsMention
from schemas.notification import Notification, Silence
from schemas.rule import Rule
from schemas.topics import Topic

WRITTEN: tuple[type[Message], ...] = (
    EnrichedArticle,
    SanctionsMention,
    CoOccurrence,
    Retraction,
    Alert,
    AlertState,
    ArticleState,
    Notification,
    Silence,
    DeadLetter,
)
READ: tuple[type[Message], ...] = (Article, Actor, NameDecision, Rule)
_READ_BACK = frozenset({Topic.ALERTS_STATE, Topic.ALERTS_ARTICLES})

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 in binary mode, and the W3C trace context.",
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_type": {"type": "string", "examples": ["sightline.alert.v1"]},
        "ce_source": {"type": "string", "examples": ["/sightline/alerts"]},
        "ce_id": {"type": "string", "description": "Id of the message; the same source and id is the same event."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The article id."},
        "ce_articletime": {
            "type": "string",
            "format": "date-time",
            "description": "When the article was written to `articles`; kept on everything that follows from it.",
        },
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string", "examples": ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]},
    },
}


def json_schema(model: type[Message]) -> dict[str, Any]:
    """Return a message's JSON Schema: closed where we write it, open where others do."""
    writes = model in WRITTEN
    schema = model.model_json_schema(mode="serialization" if writes else "validation")
    if writes:
        for part in (schema, *schema.get("$defs", {}).values()):
            if "properties" in part:
                part["additionalProperties"] = False
    return {"$schema": _DIALECT, "$id": f"{model.__name__}.schema.json", **schema}


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document: every topic, who writes and who reads it, and what travels on it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sightline",
            "version": version("sightline"),
            "license": {"name": "Apache-2.0"},
            "description": (
                "News in, enriched articles, sanctions mentions, co-occurrences and alerts out. "
                "An installation may put a prefix before every topic name."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in Topic},
        "operations": {topic.name.lower(): _operation(topic) for topic in Topic},
        "components": {
            "messages": {model.__name__: _message(model) for model in (*WRITTEN, *READ) if _travels(model)},
        },
    }


def documents() -> Mapping[str, str]:
    """Return every file of the published contract, by its path under `docs/contract`."""
    files: dict[str, dict[str, Any]] = {
        f"schemas/{model.__name__}.schema.json": json_schema(model) for model in (*WRITTEN, *READ)
    }
    files["asyncapi.json"] = asyncapi()
    return {path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in files.items()}


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.value,
        "description": f"{topic.spec.summary} Key: {topic.spec.key}. Cleanup: {topic.cleanup.value}.",
        "messages": {
            message: (
                {"$ref": f"#/components/messages/{message}"}
                if message != "bytes"
                else {"contentType": "application/octet-stream", "payload": {"type": "string", "format": "binary"}}
            )
            for message in topic.spec.messages
        },
        "bindings": {"kafka": {"topicConfiguration": {"cleanup.policy": [topic.cleanup.value]}}},
    }


def _operation(topic: Topic) -> dict[str, Any]:
    action = "receive" if topic is Topic.ARTICLES else "send"
    kept = " Read back by the service that writes it." if topic in _READ_BACK else ""
    what = "set aside" if topic.is_dead_letter else "published"
    summary = "Articles to read." if action == "receive" else f"{' or '.join(topic.spec.messages)} {what}.{kept}"
    return {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}, "summary": summary}


def _message(model: type[Message]) -> dict[str, Any]:
    return {
        "name": model.__name__,
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "headers": _HEADERS,
        "payload": {"$ref": f"./schemas/{model.__name__}.schema.json"},
    }


def _travels(model: type[Message]) -> bool:
    return any(model.__name__ in topic.spec.messages for topic in Topic)


def main(directory: Path) -> None:
    """Write the contract, and remove what no longer belongs to it."""
    wanted = documents()
    for path, content in wanted.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(content, "utf-8")
    for old in directory.rglob("*.json"):
        if old.relative_to(directory).as_posix() not in wanted:
            old.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
