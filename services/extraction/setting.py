"""What an article speaks of around a place: countries, and what sanctions programmes are about."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cache

from schemas import Actor, ActorType
from services.extraction.lexicon import yaml_data
from services.extraction.passages import Passage
from services.watchlist.matcher import NameMatch

_NEAR = 600  # code points on either side
_LEADS = re.compile(r"(?:['’]s?)?\s+")  # noqa: RUF001


class Setting:
    """Of one field of an article."""

    def __init__(self, passage: Passage, matches: Iterable[NameMatch]) -> None:
        """Note which countries are named where.

        Args:
            passage: The field.
            matches: The names in it, in order.
        """
        self._text = passage.clean.lower()
        places = [
            (match.start, match.end, country)
            for match in matches
            for name in match.names
            if name.held.type is ActorType.STATE and not name.held.watched
            for country in name.actor.countries
        ]
        self._starts = [start for start, _, _ in places]
        self._ends = [end for _, end, _ in places]
        self._countries = [country for _, _, country in places]

    def countries_near(self, start: int) -> frozenset[str]:
        """Return the countries that are named around a place."""
        return self._countries_between(start - _NEAR, start + _NEAR)

    def country_before(self, start: int) -> str | None:
        """Return the country whose name or adjective ends right before a place, if any."""
        first = bisect_left(self._starts, start) - 1
        if first < 0 or not _LEADS.fullmatch(self._text, self._ends[first], start):
            return None
        return self._countries[first]

    def speaks_of(self, programmes: Iterable[str], start: int) -> bool:
        """Whether the words of one of the programmes stand around a place."""
        near = self._text[max(0, start - _NEAR) : start + _NEAR]
        return any(words.search(near) for words in map(_words_of, programmes) if words is not None)

    @staticmethod
    def is_word_of(programmes: Iterable[str], text: str) -> bool:
        """Whether a text is itself one of the words of the programmes: "ISIS"."""
        return any(words.fullmatch(text.lower()) for words in map(_words_of, programmes) if words is not None)

    def has_near(self, words: re.Pattern[str], start: int) -> bool:
        """Whether words stand around a place."""
        return words.search(self._text, max(0, start - _NEAR), start + _NEAR) is not None

    def _countries_between(self, start: int, end: int) -> frozenset[str]:
        first, last = bisect_left(self._starts, start), bisect_right(self._starts, end)
        return frozenset(self._countries[first:last])


def countries_of(actor: Actor) -> frozenset[str]:
    """Return the countries of an actor, and those that its programmes are against."""
    return frozenset(actor.countries).union(*map(_countries_of, actor.programmes))


@cache
def _countries_of(programme: str) -> frozenset[str]:
    return frozenset(country for entry in _about(programme) for country in entry.get("countries", ()))


@cache
def _words_of(programme: str) -> re.Pattern[str] | None:
    words = [word for entry in _about(programme) for word in entry.get("words", ())]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})") if words else None


def _about(programme: str) -> list[Mapping[str, list[str]]]:
    return [entry for entry in yaml_data("programmes") if re.search(entry["pattern"], programme, re.IGNORECASE)]
