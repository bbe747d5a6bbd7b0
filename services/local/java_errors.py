"""Find, in what a Java program said, the sentence that tells a person what went wrong."""

import re
from collections.abc import Sequence

_THROWN = re.compile(
    r'^(?:Exception in thread "[^"]*" )?(?:[a-z]\w*\.)+(?P<kind>\w*(?:Exception|Error))(?:: (?P<text>.+))?$'
)
_CAUSED = "Caused by: "
_LOGGED = re.compile(r"^\S+ (?:ERROR|FATAL) (?P<text>.+?)(?: \(\S+\))?$")


def find_reason(lines: Sequence[str]) -> str:
    """Return the first exception's text with the text of its last cause, else the last error logged or line said.

    >>> find_reason(["java.io.IOException: no key", "Caused by: java.lang.IllegalStateException: bad PEM"])
    'no key (bad PEM)'
    """
    thrown = [found for line in lines if (found := _THROWN.match(line))]
    caused = [found for line in lines if line.startswith(_CAUSED) and (found := _THROWN.match(line[len(_CAUSED) :]))]
    if thrown:
        first = _say(thrown[0])
        root = _say(caused[-1]) if caused else first
        return first if root in first else f"{first} ({root})"
    logged = [found["text"] for line in lines if (found := _LOGGED.match(line))]
    said = [line.strip() for line in lines if line.strip()]
    return (logged or said or ["it said nothing"])[-1]


def _say(thrown: re.Match[str]) -> str:
    """Return the text, without the class names that wrapping exceptions put before it."""
    text = thrown["text"] or thrown["kind"]
    inner = _THROWN.match(text)
    return _say(inner) if inner else text.strip()
