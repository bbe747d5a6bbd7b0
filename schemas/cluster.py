"""Topics, groups and rights as the Helm chart takes them; `make contract` writes them there."""

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from schemas.access import Role, list_bindings
from schemas.topics import Topic

_HEAD = "# Written by `make contract` from schemas/topics.py and schemas/access.py. JSON is YAML.\n"


def describe_cluster() -> dict[str, Any]:
    """Return topics, the consumer group of each service, and the rights of each user, in Strimzi's words.

    Names are without the prefix of an installation.
    """
    return {
        "topics": [{"name": topic.value, "config": topic.config} for topic in Topic],
        "groups": {role.value: role.access.group for role in Role if role.access.group is not None},
        "users": {role.value: _acls(role) for role in Role},
    }


def _acls(role: Role) -> list[dict[str, Any]]:
    """The rights of a role: what it may do with one thing together."""
    bindings = sorted(list_bindings(role), key=lambda binding: (binding.resource, binding.name, binding.pattern))
    return [
        {
            "type": resource.value,
            "name": name,
            "patternType": pattern.value,
            "operations": sorted(binding.operation.value for binding in same),
        }
        for (resource, name, pattern), same in groupby(bindings, key=lambda b: (b.resource, b.name, b.pattern))
    ]


def main(file: str) -> None:
    """Write the file."""
    Path(file).write_text(_HEAD + json.dumps(describe_cluster(), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
