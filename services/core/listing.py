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
    return parse_listing(read_text(path), key, model, source=str(path))


def read_text(path: Path) -> str:
    """Return what a file holds.

    Raises:
        ListingError: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ListingError(str(path), f"cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise ListingError(str(path), f"is not UTF-8 (byte {error.start})") from error


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
    return tuple(item for _, item in parse_entries(text, key, model, source=source))


def parse_entries(
    text: str, key: str, model: type[Listed], *, source: str, beside: tuple[str, ...] | None = None
) -> tuple[tuple[int, Listed], ...]:
    """Return what a YAML text lists under `key`, each with its line.

    Args:
        text: As `parse_listing` takes it.
        key: As there.
        model: As there. One whose configuration hides input from errors holds secrets: none of it is shown.
        source: As there.
        beside: The other keys that the text may have; None: any.

    Raises:
        ListingError: As there, or the text has another key.
    """
    listed: list[tuple[int, Listed]] = []
    lines: dict[str, int] = {}
    for entry in _entries(text, key, source, beside):
        if not isinstance(entry, dict):
            shown = "" if _is_hidden(model) else f", not {entry!r:.60}"
            raise ListingError(source, f"an entry of `{key}` is a mapping of {_field_names(model)}{shown}")
        line = entry.pop(_LINE)
        item = _validate(_without_lines(entry), model, source, line)
        identity = str(getattr(item, "id"))  # noqa: B009 - every listed model has one; the type cannot say so
        if identity in lines:
            raise ListingError(source, f"id: `{identity}` stands already in line {lines[identity]}", line=line)
        lines[identity] = line
        listed.append((line, item))
    return tuple(listed)


def _field_names(model: type[Message]) -> str:
    return ", ".join(field.alias or name for name, field in model.model_fields.items())


def _is_hidden(model: type[Message]) -> bool:
    return bool(model.model_config.get("hide_input_in_errors"))


def _entries(
    text: str, key: str, source: str, beside: tuple[str, ...] | None
) -> list[Any]:  # Any: what YAML holds is only known once it is read
    try:
        content = yaml.load(text, Loader=_LineLoader)  # noqa: S506 - a SafeLoader that also keeps line numbers
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise ListingError(source, f"not readable as YAML: {error.problem}", line=line) from error
    except yaml.YAMLError as error:
        raise ListingError(source, f"not readable as YAML: {error}") from error
    except RecursionError as error:
        raise ListingError(source, "not readable as YAML: nested too deeply") from error
    entries = content.get(key) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise ListingError(source, f"needs a key `{key}` with a list")
    if beside is not None and (others := content.keys() - {key, *beside, _LINE}):
        raise ListingError(
            source, f"{min(map(str, others))}: no such key; there are {', '.join(sorted((key, *beside)))}"
        )
    return entries


def _validate(entry: dict[str, Any], model: type[Listed], source: str, line: int) -> Listed:
    names = {field.alias or name for name, field in model.model_fields.items()}
    unknown = sorted(str(key) for key in entry.keys() - names)
    if unknown:
        raise ListingError(source, f"{unknown[0]}: no such field; the fields are {_field_names(model)}", line=line)
    try:
        # What is written by hand is held to the known fields at every depth; a message from a topic is not.
        return model.model_validate(entry, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        shown = "" if first["type"] == "missing" or _is_hidden(model) else f" ({first['input']!r:.60})"
        told = f"{field}: {first['msg']}{shown}".removeprefix(": ")
        # The cause would show what is hidden.
        raise ListingError(source, told, line=line) from (None if _is_hidden(model) else error)


def _is_unicode(text: str) -> bool:
    """Whether a text can be written: an escape can name half a character, which nothing can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _without_lines(value: Any) -> Any:
    """Drop the line numbers of nested mappings."""
    if isinstance(value, dict):
        return {key: _without_lines(inner) for key, inner in value.items() if key != _LINE}
    return [_without_lines(inner) for inner in value] if isinstance(value, list) else value


class _LineLoader(yaml.SafeLoader):
    """A safe loader that notes the line of each mapping, and refuses a key given twice and what is not Unicode."""

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:  # Any: PyYAML's type
        value = super().construct_scalar(node)
        if not _is_unicode(value):
            raise yaml.MarkedYAMLError(problem="a lone surrogate is no character", problem_mark=node.start_mark)
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.MarkedYAMLError(problem=f"`{key}` is given twice", problem_mark=node.start_mark)
        return {**super().construct_mapping(node, deep=deep), _LINE: node.start_mark.line + 1}
