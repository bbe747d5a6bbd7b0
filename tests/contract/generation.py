"""Make up messages that meet a JSON Schema, of the keywords that pydantic generates for our models."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.contract.compatibility import Definitions, Schema

_REFERENCE = "#/$defs/"
_FORMATS: dict[str, st.SearchStrategy[Any]] = {
    "date-time": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    "date": st.dates().map(lambda day: day.isoformat()),
    "duration": st.integers(0, 10**6).map(lambda seconds: f"PT{seconds}S"),
    "binary": st.just("AAEC"),
    "base64": st.just("AAEC"),
}

# What a pattern says only in part: that hours end at 24.
_PATTERNS = {r"^\d\d:\d\d$": st.times().map(lambda time: f"{time:%H:%M}")}


def messages(schema: Schema, definitions: Definitions) -> st.SearchStrategy[Any]:
    """Return a strategy for values that meet a schema; lists are short, and what may be missing sometimes is."""
    if "$ref" in schema:
        return st.deferred(lambda: messages(definitions[schema["$ref"].removeprefix(_REFERENCE)], definitions))
    if "anyOf" in schema:
        return st.one_of([messages(branch, definitions) for branch in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    made: dict[str | None, Callable[[], st.SearchStrategy[Any]]] = {
        "object": lambda: _objects(schema, definitions),
        "array": lambda: _arrays(schema, definitions),
        "string": lambda: _strings(schema),
        "integer": lambda: st.integers(schema.get("minimum", -(2**31)), schema.get("maximum", 2**31)),
        "number": lambda: st.floats(schema.get("minimum", -1e9), schema.get("maximum", 1e9)),
        "boolean": st.booleans,
        "null": st.none,
        None: lambda: st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=9)),
    }
    return made[schema.get("type")]()


def _objects(schema: Schema, definitions: Definitions) -> st.SearchStrategy[Any]:
    if "properties" not in schema:
        inner = schema.get("additionalProperties")
        values = messages(inner if isinstance(inner, dict) else {}, definitions)
        return st.dictionaries(st.text(min_size=1, max_size=9), values, max_size=2)
    fields = {name: messages(inner, definitions) for name, inner in schema["properties"].items()}
    required = set(schema.get("required", ()))
    made = st.fixed_dictionaries(
        {name: values for name, values in fields.items() if name in required},
        optional={name: values for name, values in fields.items() if name not in required},
    )
    return made.map(_fit) if fields.keys() >= {"start", "end", "text"} else made


def _fit(span: dict[str, Any]) -> dict[str, Any]:
    """Give a span the length of its text, which a schema cannot ask for."""
    return span | {"end": span["start"] + len(span["text"])}


def _arrays(schema: Schema, definitions: Definitions) -> st.SearchStrategy[Any]:
    if "prefixItems" in schema:
        return st.tuples(*(messages(each, definitions) for each in schema["prefixItems"])).map(list)
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 2), least + 2)
    return st.lists(messages(schema.get("items", {}), definitions), min_size=least, max_size=most)


def _strings(schema: Schema) -> st.SearchStrategy[str]:
    if "format" in schema:
        return _FORMATS[schema["format"]]
    least = schema.get("minLength", 0)
    most = min(schema.get("maxLength", least + 20), least + 20)
    if schema.get("pattern") in _PATTERNS:
        return _PATTERNS[schema["pattern"]]
    if "pattern" in schema:
        # Python's `$` also stands before a last line break, that of JSON Schema does not.
        return st.from_regex(str(schema["pattern"])).filter(
            lambda text: least <= len(text) <= most and "\n" not in text
        )
    # Names lose the white space around them before they are measured.
    return st.text(min_size=least, max_size=most).filter(lambda text: len(text.strip()) >= least)
