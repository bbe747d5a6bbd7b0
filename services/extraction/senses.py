"""Tell whether the name of a known actor means that actor where it stands: Georgia may be an American state."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from schemas import Actor
from services.extraction.lexicon import word_list, yaml_data
from services.extraction.passages import Passage

_BEFORE = re.compile(r"([^\s\"'(]+)[\s\"'(]+$")
_AFTER = re.compile(r"(?:'s)?[\s-]+(?P<words>[\w.']+(?: [\w.']+)?)")
_COMMA_STATE = re.compile(r", (?P<state>[A-Z][\w.]*(?: [A-Z][\w]+)?)")
_CITY_COMMA = re.compile(r"[A-Z][\w.'-]+, $")
_DATELINE = re.compile(r"(?:, [A-Z][\w.]*(?: \d{1,2})?)?(?: \([A-Z][\w /.]+\))? ?[-–—]{1,2} ")  # noqa: RUF001
_WINDOW = 60
_NEAR = 300  # code points on either side in which words of one sense outweigh those further away
_FAR = 20_000  # code points of the field that are looked at where those nearby say nothing


class Sense(Enum):
    """What a name means where it stands."""

    ACTOR = auto()
    UNSURE = auto()
    PLACE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class _Clues:
    place: bool
    here: re.Pattern[str] | None
    elsewhere: re.Pattern[str] | None
    after: frozenset[str]
    before: frozenset[str]


def sense_of(passage: Passage, start: int, end: int, actor: Actor) -> Sense:
    """Return what the name of `actor` at `[start, end)` means.

    Args:
        passage: The field it stands in.
        start: Index of its first code point.
        end: One past its last.
        actor: Whose name it is.
    """
    clean = passage.clean
    if (named := _COMMA_STATE.match(clean, end)) and named["state"].rstrip(".") in _american():
        return Sense.PLACE  # "Paris, Texas"
    clues = _clues().get(actor.id)
    if clues is None:
        return Sense.ACTOR
    other = Sense.PLACE if clues.place else Sense.NOTHING
    before = _BEFORE.search(clean[max(0, start - _WINDOW) : start])
    if before and before[1].lower() in clues.before:
        return other
    if (after := _AFTER.match(clean, end)) and _follows(after["words"].lower(), clues.after):
        return other
    if clues.elsewhere is None or clues.here is None:
        return Sense.ACTOR
    return _by_article(passage, start, end, clues, other)


def is_language(passage: Passage, start: int, end: int) -> bool:
    """Whether a demonym names the language: "he spoke Russian", "in Chinese.", "Russian-language"."""
    words = _words()
    before = _BEFORE.search(passage.clean[max(0, start - _WINDOW) : start])
    after = _AFTER.match(passage.clean, end)
    following = after["words"].lower().split() if after else []
    if following and following[0] in words["language"]:
        return True
    if before is None:
        return False
    if before[1].lower() in words["speaks"]:
        return True
    return before[1].lower() == "in" and (not following or following[0] in {"and", "or", "on", "at", "by"})


def is_of_a_place(passage: Passage, start: int, end: int) -> bool:
    """Whether what follows a metonym shows the place: "Moscow residents", "London-based", "MINSK (Reuters) -"."""
    if passage.clean[start:end].isupper() and _DATELINE.match(passage.clean, end):
        return True
    if passage.clean.startswith(("-based", "-born", "-area"), end):
        return True
    after = _AFTER.match(passage.clean, end)
    return after is not None and after["words"].partition(" ")[0].lower() in _words()["of_a_place"]


def may_be_person(text: str) -> bool:
    """Whether the name of a place is a person's name too."""
    return text.lower() in _words()["also_people"]


def is_often_person(text: str) -> bool:
    """Whether the name of a place, standing alone, is a person's about as often: "Jordan", never "France"."""
    return text.lower() in _words()["often_people"]


def _by_article(passage: Passage, start: int, end: int, clues: _Clues, other: Sense) -> Sense:
    """The sense that has more words nearby, else in the whole field; none of either leaves it open."""
    clean = passage.clean
    if _CITY_COMMA.search(clean, max(0, start - _WINDOW), start) and _counted(
        clues.elsewhere, clean[max(0, start - _WINDOW) : start]
    ):
        return other  # "Atlanta, Georgia"
    near = clean[max(0, start - _NEAR) : end + _NEAR]
    for stretch in (near, clean[:_FAR]):
        here, elsewhere = _counted(clues.here, stretch), _counted(clues.elsewhere, stretch)
        if here != elsewhere:
            return Sense.ACTOR if here > elsewhere else other
    return Sense.UNSURE


def _follows(words: str, known: frozenset[str]) -> bool:
    return words.rstrip(".") in known or words.partition(" ")[0].rstrip(".") in known


def _counted(clues: re.Pattern[str] | None, stretch: str) -> int:
    return len({match[0].lower() for match in clues.finditer(stretch)}) if clues else 0


@cache
def _american() -> frozenset[str]:
    return frozenset(name.rstrip(".") for name in word_list("us_states"))


@cache
def _clues() -> dict[str, _Clues]:
    return {
        actor_id: _Clues(
            entry["place"],
            _any_of(entry.get("here", ())),
            _any_of(entry.get("elsewhere", ())),
            frozenset(entry.get("after", ())),
            frozenset(entry.get("before", ())),
        )
        for actor_id, entry in yaml_data("senses")["actors"].items()
    }


@cache
def _words() -> dict[str, frozenset[str]]:
    return {kind: frozenset(words) for kind, words in yaml_data("senses").items() if kind != "actors"}


def _any_of(words: list[str]) -> re.Pattern[str] | None:
    return re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, words))})\b") if words else None
