"""Decide whether labels match, in the syntax of Alertmanager's matchers: `=`, `!=`, `=~`, `!~`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Labels = Mapping[str, frozenset[str]]  # an alert has one rule, but several actors, tags and sources

_MATCHER = re.compile(r"""\s*(?P<name>[^\s=!~"'{},]+)\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>.*?)\s*""", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MISSING = frozenset({""})  # as in Alertmanager: a label that is not there is an empty one


class Operator(StrEnum):
    """How a label's value is compared."""

    EQUAL = "="
    UNEQUAL = "!="
    LIKE = "=~"
    UNLIKE = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison.

    Attributes:
        name: Of the label.
        operator: How it is compared.
        value: What with; a regular expression must match the whole value.
    """

    name: str
    operator: Operator
    value: str

    def matches(self, labels: Labels) -> bool:
        """Whether any of the label's values is as a positive matcher says, or none as a negative one forbids."""
        values = labels.get(self.name) or _MISSING
        if self.operator in {Operator.EQUAL, Operator.UNEQUAL}:
            found = self.value in values
        else:
            pattern = re.compile(self.value)
            found = any(pattern.fullmatch(value) for value in values)
        return found == (self.operator in {Operator.EQUAL, Operator.LIKE})


def parse_matcher(text: str) -> Matcher:
    """Read one matcher, such as `rule=same-sentence`, `severity!="info"` or `actor=~"vladimir-.*|xi-jinping"`.

    Raises:
        ValueError: Says what is wrong with it.
    """
    parts = _MATCHER.fullmatch(text)
    if parts is None:
        msg = f"{text!r} is no matcher: write label, one of = != =~ !~, and a value"
        raise ValueError(msg)
    operator, value = Operator(parts["operator"]), _unquote(parts["value"], text)
    if operator in {Operator.LIKE, Operator.UNLIKE}:
        try:
            re.compile(value)
        except re.error as error:
            msg = f"{text!r}: {value!r} is no regular expression ({error})"
            raise ValueError(msg) from error
    return Matcher(parts["name"], operator, value)


def parse_matchers(texts: Iterable[str]) -> tuple[Matcher, ...]:
    """Read several.

    Raises:
        ValueError: Says which one is wrong, and what with it.
    """
    return tuple(parse_matcher(text) for text in texts)


def all_match(matchers: Sequence[Matcher], labels: Labels) -> bool:
    """Whether every one matches; without any, everything does."""
    return all(matcher.matches(labels) for matcher in matchers)


def _unquote(value: str, text: str) -> str:
    if '"' not in value:
        return value
    quoted = _QUOTED.fullmatch(value)
    if quoted is None:
        msg = f'{text!r}: put the whole value in double quotes, with \\" for one inside'
        raise ValueError(msg)
    return _ESCAPED.sub(lambda escaped: "\n" if escaped[1] == "n" else _keep(escaped[1]), quoted[1])


def _keep(character: str) -> str:
    # As in Go's strings, which Alertmanager reads: of `\\.` in a pattern, the backslash stays part of the pattern.
    return character if character in '"\\' else f"\\{character}"
