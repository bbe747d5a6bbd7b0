"""Decide whether messages of one version can be read by another, from the JSON Schemas of both, field by field.

The schemas are the definitions that pydantic generates; a keyword that is not known here counts as a break when it
changes. `jsonschema` says whether a message meets a schema, not whether one schema takes all that another takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]  # JSON
Definitions = Mapping[str, Schema]

_REFERENCE = "#/$defs/"
_UPPER = ("maxLength", "maxItems", "maximum")
_LOWER = ("minLength", "minItems", "minimum")
_SHAPES = ("format", "pattern")
_STRUCTURE = {"$ref", "anyOf", "type", "enum", "const", "properties", "required", "default"}
_INNER = {"items", "prefixItems", "additionalProperties"}
_SAYS_NOTHING = {"title", "description", "examples"}


class Direction(StrEnum):
    """Who must get on with whom."""

    ACCEPTED = "accepted"  # what may have been sent until now is still taken
    WRITTEN = "written"  # what is written now can be read by whoever read until now, unknown fields ignored


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of all models in one direction."""

    old: Definitions
    new: Definitions
    direction: Direction

    def breaks(self, messages: Sequence[str]) -> Iterator[str]:
        """Yield a sentence for each break, which begins with model and field.

        Args:
            messages: Models that stand for themselves; the others count only where they are used.
        """
        for name, schema in self.old.items():
            if name in self.new:
                for sentence in self._compare(schema, self.new[name], name):
                    yield sentence + self._used_by(name, messages)
            elif name in messages:
                yield f"{name}: the message is gone"

    @property
    def _accepts(self) -> bool:
        return self.direction is Direction.ACCEPTED

    def _compare(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        """Yield how two schemas differ where they must not."""
        if "$ref" in old and old["$ref"] == new.get("$ref"):
            return  # compared under its own name
        olds, news = _branches(old, self.old), _branches(new, self.new)
        if self._accepts and old.get("default", new.get("default")) != new.get("default", old.get("default")):
            yield (
                f"{path}: means something else where it is left out: the default was "
                f"{_shown(old['default'])}, is {_shown(new['default'])}"
            )
        # Each kind of value on the side that must be taken needs its like on the side that takes.
        for branch in olds if self._accepts else news:
            like = [other for other in (news if self._accepts else olds) if _is_like(branch, other)]
            if not like:
                kind = branch.get("type", "anything")
                yield f"{path}: {_kind_breaks(kind, accepts=self._accepts)}"
                continue
            pairs = [(branch, other) if self._accepts else (other, branch) for other in like]
            yield from min((list(self._compare_alike(*pair, path)) for pair in pairs), key=len)

    def _compare_alike(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        yield from self._compare_values(old, new, path)
        yield from self._compare_bounds(old, new, path)
        yield from self._compare_fields(old, new, path)
        yield from self._compare_inner(old, new, path)
        for keyword in sorted({*old, *new} - _STRUCTURE - _INNER - _SAYS_NOTHING - {*_UPPER, *_LOWER, *_SHAPES}):
            if old.get(keyword) != new.get(keyword):
                yield f"{path}: differs in `{keyword}`, which cannot be judged"

    def _compare_values(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        were, are = _values(old), _values(new)
        if self._accepts and are is not None:
            gone = ["every other value"] if were is None else [_shown(value) for value in were if value not in are]
            yield from (f"{path}: {value} is no longer accepted" for value in gone)
        if not self._accepts and were is not None:
            more = ["any value"] if are is None else [_shown(value) for value in are if value not in were]
            yield from (f"{path}: may now be {value}, which readers do not know" for value in more)

    def _compare_bounds(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for keyword in (*_UPPER, *_LOWER, *_SHAPES):
            was, now = old.get(keyword), new.get(keyword)
            if was == now:
                continue
            tight, loose = (now, was) if self._accepts else (was, now)
            if _is_tighter(keyword, tight, loose):
                word = "narrower" if self._accepts else "wider"
                yield f"{path}: is {word} than it was: `{keyword}` was {_shown(was)}, is {_shown(now)}"

    def _compare_fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        had, has = old.get("properties", {}), new.get("properties", {})
        for field, schema in had.items():
            if field in has:
                yield from self._compare(schema, has[field], f"{path}.{field}")
            else:
                like = [other for other in has if other not in had and _bare(has[other]) == _bare(schema)]
                renamed = f", or renamed to `{like[0]}`" if len(like) == 1 else ""
                yield f"{path}.{field}: the field is removed{renamed}"
        had_to, has_to = set(old.get("required", ())), set(new.get("required", ()))
        if self._accepts:
            yield from (f"{path}.{field}: is now required" for field in sorted(has_to - had_to))
        else:
            yield from (f"{path}.{field}: may now be missing" for field in sorted((had_to - has_to) & has.keys()))

    def _compare_inner(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for keyword, mark in (("items", "[]"), ("additionalProperties", "{}")):
            if keyword in old or keyword in new:
                was, now = (schema if isinstance(schema := each.get(keyword), dict) else {} for each in (old, new))
                yield from self._compare(was, now, path + mark)
        were, are = old.get("prefixItems", ()), new.get("prefixItems", ())
        if len(were) != len(are):
            yield f"{path}: had {len(were)} fixed places, has {len(are)}"
        for number, (was, now) in enumerate(zip(were, are, strict=False)):
            yield from self._compare(was, now, f"{path}[{number}]")

    def _used_by(self, name: str, messages: Sequence[str]) -> str:
        """Say where a model is used that is no message by itself."""
        if name in messages:
            return ""
        fields = [
            f"{model}.{field}"
            for model, schema in self.old.items()
            for field, inner in schema.get("properties", {}).items()
            if f"'{_REFERENCE}{name}'" in str(inner)
        ]
        return f" (in {', '.join(fields)})" if fields else ""


def _branches(schema: Schema, definitions: Definitions) -> list[Schema]:
    """Return the kinds of values that a schema takes, references followed."""
    if "$ref" in schema:
        return _branches(definitions[schema["$ref"].removeprefix(_REFERENCE)], definitions)
    if "anyOf" in schema:
        return [branch for each in schema["anyOf"] for branch in _branches(each, definitions)]
    return [schema]


def _is_like(wanted: Schema, taker: Schema) -> bool:
    """Whether a taker takes values of the wanted type, at least some of them."""
    if "type" not in taker:
        return True
    return wanted.get("type") == taker["type"] or (wanted.get("type"), taker["type"]) == ("integer", "number")


def _kind_breaks(kind: str, *, accepts: bool) -> str:
    return f"`{kind}` is no longer accepted" if accepts else f"may now be `{kind}`, which readers do not expect"


def _values(schema: Schema) -> list[Any] | None:
    """Return the only values that are taken, or None for any."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _is_tighter(keyword: str, one: Any, other: Any) -> bool:
    """Whether a bound takes less than another one that differs from it; None is no bound."""
    if one is None or other is None or keyword in _SHAPES:
        return one is not None
    return bool(one < other if keyword in _UPPER else one > other)


def _bare(schema: Schema) -> Schema:
    return {keyword: value for keyword, value in schema.items() if keyword not in _SAYS_NOTHING}


def _shown(value: Any) -> str:
    return "not set" if value is None else f"`{value}`"
