"""Read the data files that ship with extraction: word lists and YAML vocabularies."""

from functools import cache
from importlib import resources
from typing import Any

import yaml

_DATA = "services.extraction"


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of `data/NAME.txt`; lines that start with # are comments."""
    lines = _read(f"{name}.txt").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def yaml_data(name: str) -> Any:  # Any: each reader validates its own file
    """Return what `data/NAME.yaml` holds."""
    return yaml.safe_load(_read(f"{name}.yaml"))


def _read(name: str) -> str:
    return (resources.files(_DATA) / "data" / name).read_text("utf-8")
