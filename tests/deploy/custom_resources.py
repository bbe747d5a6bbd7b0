"""Turn custom resource definitions into JSON Schemas for kubeconform: `python -m tests.deploy.custom_resources CRD…`.

What it writes lies in `data/crds`; the README there says where the definitions come from.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

WRITTEN = Path(__file__).parent / "data" / "crds"
_WORDS = frozenset({"description", "example", "format"})  # that say nothing about what is valid, or not to kubeconform
_METADATA = {"type": "object"}


def schemas(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schema of each version that is served, under the file name by which kubeconform asks for it."""
    spec = definition["spec"]
    group = spec["group"].partition(".")[0]
    for version in spec["versions"]:
        schema = _strict(version["schema"]["openAPIV3Schema"])
        schema["properties"] |= {
            "apiVersion": {"const": f"{spec['group']}/{version['name']}"},
            "kind": {"const": spec["names"]["kind"]},
            "metadata": _METADATA,
        }
        schema["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind", "metadata", "spec"})
        yield f"{spec['names']['singular']}-{group}-{version['name']}.json", schema


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that refuses what the API server would prune, without words for people."""
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"], **({"pattern": schema["pattern"]} if "pattern" in schema else {})}
    strict = {key: value for key, value in schema.items() if key not in _WORDS and not key.startswith("x-kubernetes-")}
    if isinstance(strict.get("properties"), dict):
        strict["properties"] = {name: _strict(each) for name, each in strict["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            strict.setdefault("additionalProperties", False)
    for key in ("items", "additionalProperties", "not"):
        if isinstance(strict.get(key), dict):
            strict[key] = _strict(strict[key])
    for key in ("allOf", "anyOf", "oneOf"):
        if key in strict:
            strict[key] = [{name: value for name, value in each.items() if name not in _WORDS} for each in strict[key]]
    return strict


def write(paths: list[Path]) -> None:
    """Write the schemas of the definitions in files, a line each."""
    for path in paths:
        for definition in yaml.safe_load_all(path.read_text("utf-8")):
            for name, schema in schemas(definition):
                (WRITTEN / name).write_text(json.dumps(schema, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    write([Path(argument) for argument in sys.argv[1:]])
