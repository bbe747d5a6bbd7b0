"""Legal forms in the names of organisations, and words that stand for one thing in them."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

_LONGEST_FORM = 8  # words


def split_forms(words: Sequence[str]) -> tuple[list[int], frozenset[str]]:
    """Return which words of a name are no part of a legal form, and the legal forms.

    "ooo gazprom neft" is words 1 and 2 and the form llc. A name that would be nothing else is none.
    """
    forms = company_forms()
    kept: list[int] = []
    found: set[str] = set()
    at = 0
    while at < len(words):
        most = min(_LONGEST_FORM, len(words) - at)
        size = next((n for n in range(most, 0, -1) if tuple(words[at : at + n]) in forms), 0)
        if size:
            found.add(forms[tuple(words[at : at + size])])
        else:
            kept.append(at)
        at += size or 1
    return (kept, frozenset(found)) if kept else (list(range(len(words))), frozenset())


def same_thing(one: str, other: str) -> bool:
    """Whether two words of names of organisations stand for one thing: bank, banka."""
    meant = company_words()
    group = meant.get(one)
    return group is not None and group == meant.get(other)


@cache
def company_forms() -> dict[tuple[str, ...], str]:
    """Return what each legal form, by its words, is in common terms: LLC, JSC and others."""
    return {tuple(name.split()): group for group, names in _groups("company_forms.txt") for name in names.split("; ")}


@cache
def company_words() -> dict[str, str]:
    """Return what each word stands for."""
    return {word: group for group, words in _groups("company_words.txt") for word in words.split()}


def _groups(file: str) -> list[tuple[str, str]]:
    lines = (resources.files("services.watchlist") / "data" / file).read_text("utf-8").splitlines()
    parts = (line.partition(": ") for line in lines if not line.startswith("#"))
    return [(group, members) for group, _, members in parts]
