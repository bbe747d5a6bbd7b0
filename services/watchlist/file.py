"""Read a watchlist file into actors; whatever is wrong with it is said with file, line and field."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas import Actor
from services.core.errors import ConfigurationError

_LINE = "\0line"  # no key of a YAML file can be this


class WatchlistError(ConfigurationError):
    """A watchlist cannot be used as it stands."""

    def __init__(self, source: str, problem: str, *, line: int | None = None) -> None:
        self.source = source
        self.line = line
        self.problem = problem
        place = source if line is None else f"{source}, line {line}"
        super().__init__(f"{place}: {problem}")


def read_watchlist(path: Path) -> tuple[Actor, ...]:
    """Return the actors that the YAML file at `path` lists.

    Raises:
        WatchlistError: The file cannot be read, is no YAML, or an entry is wrong; names file, line and field.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise WatchlistError(str(path), f"cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise WatchlistError(str(path), f"is not UTF-8 (byte {error.start})") from error
    return parse_watchlist(text, source=str(path))


def parse_watchlist(text: str, *, source: str) -> tuple[Actor, ...]:
    """Return the actors that a YAML text lists under `actors`.

    Args:
        text: A mapping with one key, `actors`: a list of mappings with the fields of `Actor`.
        source: What errors call the text, such as its path.

    Raises:
        WatchlistError: It is no such YAML, an entry is wrong, or two entries have one id.
    """
    actors: list[Actor] = []
    lines: dict[str, int] = {}
    for entry in _entries(text, source):
        if not isinstance(entry, dict):
            raise WatchlistError(source, f"an actor is a mapping with `id`, `name` and `type`, not {entry!r:.60}")
        line = entry.pop(_LINE)
        actor = _actor(entry, source, line)
        if actor.id in lines:
            raise WatchlistError(source, f"id: `{actor.id}` stands already in line {lines[actor.id]}", line=line)
        lines[actor.id] = line
        actors.append(actor)
    return tuple(actors)


def _entries(text: str, source: str) -> list[Any]:  # Any: what YAML holds is only known once it is read
    try:
        content = yaml.load(text, Loader=_LineLoader)  # noqa: S506 - a SafeLoader that also keeps line numbers
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise WatchlistError(source, f"not readable as YAML: {error.problem}", line=line) from error
    except yaml.YAMLError as error:
        raise WatchlistError(source, f"not readable as YAML: {error}") from error
    entries = content.get("actors") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise WatchlistError(source, "needs a key `actors` with a list of actors")
    return entries


def _actor(entry: dict[str, Any], source: str, line: int) -> Actor:
    unknown = sorted(str(key) for key in entry.keys() - Actor.model_fields.keys())
    if unknown:
        known = ", ".join(Actor.model_fields)
        raise WatchlistError(source, f"{unknown[0]}: no such field; the fields are {known}", line=line)
    try:
        return Actor.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        shown = f" ({first['input']!r:.60})" if first["type"] != "missing" else ""
        raise WatchlistError(source, f"{field}: {first['msg']}{shown}", line=line) from error


class _LineLoader(yaml.SafeLoader):
    """A safe loader that notes the line of each mapping and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.MarkedYAMLError(problem=f"`{key}` is given twice", problem_mark=node.start_mark)
        return {**super().construct_mapping(node, deep=deep), _LINE: node.start_mark.line + 1}
