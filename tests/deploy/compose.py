"""Read docker-compose.yml as Compose does, as far as the tests need it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.conftest import CHECKOUT

FILE = CHECKOUT / "docker-compose.yml"
# ${NAME}, ${NAME-default} and ${NAME:-default}; of these, Sightline's has only the last.
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def read_compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the file with these variables, and without what is only there to be referred to."""
    text = VARIABLE.sub(lambda match: variables.get(match[1]) or match[2] or "", FILE.read_text("utf-8"))
    compose: dict[str, Any] = yaml.safe_load(text)
    return {name: value for name, value in compose.items() if not name.startswith("x-")}


def read_variables(name: str) -> dict[str, str]:
    """Return the variables of an env file of the checkout."""
    lines = (CHECKOUT / name).read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: value for key, _, value in pairs}


def mounts(service: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of the checkout a service is given."""
    for volume in service.get("volumes", ()):
        source = volume.partition(":")[0]
        if source.startswith("."):
            yield source
