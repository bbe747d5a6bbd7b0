"""Read a YAML file that lists models of one kind; whatever is wrong with it is said with file, line and field."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from schemas.base import Message
from services.core.errors import ConfigurationError

_LINE = "\0line"  # no key of a YAML file can be this
Listed = TypeVar("Listed", bound=Message)


class ListingError(ConfigurationError):
    """A file that a person wrote cannot be used as it stands."""

    def __init__(self, source: str, problem: str, *, line: int | None = None) -> None:
        self.source = source
        self.line = line
        self.problem = problem
        place = source if line is None else f"{source}, line {line}"
        super().__init__(f"{place}: {problem}")


def read_listing(path: Path, key: str, model: type[Listed]) -> tuple[Listed, ...]:
    """Return what the YAML file at `path` lists.

    Raises:
        ListingError: The file cannot be read, is no YAML, or an entry is wrong; names file, line and field.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ListingError(str(path), f"cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise ListingError(str(path), f"is not UTF-8 (byte {error.start})") from error
    return parse_listing(text, key, model, source=str(path))


def parse_listing(text: str, key: str, model: type[Listed], *, source: str) -> tuple[Listed, ...]:
    """Return what a YAML text lists under `key`.

    Args:
        text: A mapping with one key: a list of mappings with the fields of `model`, which has an `id`.
        key: That key.
        model: What each entry is.
        source: What errors call the text, such as its path.

    Raises:
        ListingError: It is no such YAML, an entry is wrong, or two entries have one id.
    """
    listed: list[Listed] = []
    lines: dict[str, int] = {}
    for entry in _entries(text, key, source):
        if not isinstance(entry, dict):
            problem = f"an entry of `{key}` is a mapping of {', '.join(model.model_fields)}, not {entry!r:.60}"
            raise ListingError(source, problem)
        line = entry.pop(_LINE)
        item = _validate(_without_lines(entry), model, source, line)
        identity = str(getattr(item, "id"))  # noqa: B009 - every listed model has one; the type cannot say so
        if identity in lines:
            raise ListingError(source, f"id: `{identity}` stands already in line {lines[identity]}", line=line)
        lines[identity] = line
        listed.append(item)
    return tuple(listed)


def _entries(text: str, key: str, source: str) -> list[Any]:  # Any: what YAML holds is only known once it is read
    try:
        content = yaml.load(text, Loader=_LineLoader)  # noqa: S506 - a SafeLoader that also keeps line numbers
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise ListingError(source, f"not readable as YAML: {error.problem}", line=line) from error
    except yaml.YAMLError as error:
        raise ListingError(source, f"not readable as YAML: {error}") from error
    entries = content.get(key) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise ListingError(source, f"needs a key `{key}` with a list")
    return entries


def _validate(entry: dict[str, Any], model: type[Listed], source: str, line: int) -> Listed:
    unknown = sorted(str(key) for key in entry.keys() - model.model_fields.keys())
    if unknown:
        known = ", ".join(model.model_fields)
        raise ListingError(source, f"{unknown[0]}: no such field; the fields are {known}", line=line)
    try:
        # What is written by hand is held to the known fields at every depth; a message from a topic is not.
        return model.model_validate(entry, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        shown = f" ({first['input']!r:.60})" if first["type"] != "missing" else ""
        raise ListingError(source, f"{field}: {first['msg']}{shown}", line=line) from error


def _without_lines(value: Any) -> Any:
    """Drop the line numbers of nested mappings."""
    if isinstance(value, dict):
        return {key: _without_lines(inner) for key, inner in value.items() if key != _LINE}
    return [_without_lines(inner) for inner in value] if isinstance(value, list) else value


class _LineLoader(yaml.SafeLoader):
    """A safe loader that notes the line of each mapping and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.MarkedYAMLError(problem=f"`{key}` is given twice", problem_mark=node.start_mark)
        return {**super().construct_mapping(node, deep=deep), _LINE: node.start_mark.line + 1}
