"""What is published is what the models say, and what was ever published can still be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import schemas
from schemas.base import Message
from schemas.contract import READ, WRITTEN, asyncapi, documents, json_schema
from tests.conftest import CHECKOUT

PUBLISHED = CHECKOUT / "docs" / "contract"
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*/*.json"))


def model_of(golden: Path) -> type[Message]:
    """A golden message's file is named after its model: `Alert.json`, `Alert.minimal.json`."""
    model: type[Message] = getattr(schemas, golden.name.partition(".")[0])
    return model


def test_the_published_contract_is_not_stale() -> None:
    there = {
        path.relative_to(PUBLISHED).as_posix(): path.read_text("utf-8") for path in sorted(PUBLISHED.rglob("*.json"))
    }
    assert there == dict(documents()), "run `make contract`"


@pytest.mark.parametrize("model", [*WRITTEN, *READ], ids=lambda model: model.__name__)
def test_every_schema_is_valid_and_describes_every_field(model: type[Message]) -> None:
    schema = json_schema(model)
    Draft202012Validator.check_schema(schema)
    assert schema["description"]
    assert set(schema["properties"]) == set(model.model_fields)


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi()
    registry: Registry[Any] = Registry().with_resource("", Resource.opaque(document))
    found = list(references(document))
    assert found
    for reference in found:
        if reference.startswith("#"):
            registry.resolver().lookup(reference)
        else:
            assert (PUBLISHED / reference).is_file(), reference


def references(node: object) -> Any:
    """Yield every `$ref` under a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def test_there_is_a_golden_message_of_every_message() -> None:
    assert {model_of(golden) for golden in GOLDEN if golden.parent.name == "v1"} == {*WRITTEN, *READ}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_golden_message_is_read_forever(golden: Path) -> None:
    raw = golden.read_bytes()
    message = model_of(golden).model_validate_json(raw)
    assert with_additions(json.loads(raw), message.model_dump(mode="json")) == message.model_dump(mode="json")


def with_additions(written: object, read: object) -> object:
    """What was written, with the fields that reading adds to it at any depth: those that came later."""
    if isinstance(written, dict) and isinstance(read, dict):
        return read | {name: with_additions(value, read.get(name)) for name, value in written.items()}
    if isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        return [with_additions(one, other) for one, other in zip(written, read, strict=True)]
    return written


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_we_write_meets_the_published_schema(golden: Path) -> None:
    model = model_of(golden)
    written = json.loads(model.model_validate_json(golden.read_bytes()).model_dump_json())
    Draft202012Validator(json_schema(model), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(written)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_readers_ignore_fields_they_do_not_know(golden: Path) -> None:
    later = json.loads(golden.read_bytes()) | {"added_in_a_later_version": {"deep": [1, 2, 3]}}
    model = model_of(golden)
    assert model.model_validate_json(json.dumps(later)) == model.model_validate_json(golden.read_bytes())
