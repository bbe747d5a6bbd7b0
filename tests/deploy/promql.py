"""Which metrics an expression asks for, and by which labels: enough of PromQL for our own rules and panels."""

import re
from collections.abc import Iterator

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_RANGE = re.compile(r"\[[^\]]*\]")
_SELECTOR = re.compile(r"([A-Za-z_:][A-Za-z0-9_:]*)\s*(\(|\{[^}]*\})?")
_LABEL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)")
_WORDS = {"and", "or", "unless", "bool", "offset"}


def selectors(expression: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each metric's name with the labels that it is selected by."""
    text = _RANGE.sub("", _GROUPING.sub(" ", _STRING.sub('""', expression)))
    for match in _SELECTOR.finditer(text):
        name, rest = match[1], match[2] or ""
        if rest != "(" and name not in _WORDS and not text[: match.start()].endswith(tuple("0123456789.$")):
            yield name, frozenset(_LABEL.findall(rest))


def grouping_labels(expression: str) -> frozenset[str]:
    """Return the labels that are grouped or joined by."""
    return frozenset(
        label.strip()
        for match in _GROUPING.finditer(_STRING.sub('""', expression))
        for label in match[1].split(",")
        if label.strip()
    )
