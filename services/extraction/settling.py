"""Settle where a name that the model saw begins and ends, or that it is none, from its words and those beside it."""

import re
from dataclasses import dataclass
from functools import cache

from schemas import EntityLabel
from services.extraction.labelling import entity_words, label_by_setting, label_by_words
from services.extraction.lexicon import word_list
from services.watchlist.boundaries import stands_alone

_LEADING = re.compile(r"(?:(?:[Tt]he|THE)\s+)?(?:(?:[Aa]nti|[Pp]ro|[Nn]on|[Ee]x)-)?[\s\"'“‘«(\[,.;:–—-]*")  # noqa: RUF001
_TRAILING = re.compile(r"(?:['’]s?)?[\s\"'”’»)\],;:–—-]*$")  # noqa: RUF001
_CUT = re.compile(r"\s*(?:<|\s\|\s)|(?<=\w)\s+\d+[-–:]\d+$")  # noqa: RUF001 - a ticker, the next headline, a score
_FIRST = re.compile(r"\S+\s+")
_LAST = re.compile(r"\s+(\S+)$")
_JUNIOR = re.compile(r",?\s+[JS]r\b\.?")
_STATE = re.compile(r"(?:U\.?S|U\.?K|E\.?U|U\.?N)\b\.?(?=\s)")
_AFFILIATION = re.compile(r"[DRI]-[A-Z]")  # "D-N.Y.": party and state of a member of Congress
_BILL = re.compile(r"(?:H\.? ?R|S)\.? \d|Executive Order")
# What the name is only the beginning of: "Delta" variant, "George Floyd" Justice in Policing Act.
_PART_OF_OTHER = re.compile(
    r" (?:variant|virus|vaccine|syndrome|flu)s?\b|(?: (?:[A-Z][\w-]+|in|of|for|and|the)){1,5} Act\b"
)
_GOVERNMENT = re.compile(r"\s(?:Administration|Government|Presidency)$")
_STATES = frozenset({"United States", "U.S.", "US", "UK", "U.K.", "United Kingdom"})
_COMMITTEE = re.compile(r"(?:Senate|House|Commons|Lords|Congress|Parliament)(?: [a-z]+){1,3} (?:sub)?committee\b")
_VERBS = frozenset({"will", "says", "to", "is", "has", "calls", "vows", "warns"})  # in headlines they have capitals
_SURNAME = re.compile(r" ([A-Z][a-z]+)(?!\w| \d)")
_QUESTION = re.compile(r"(?:Will|May|Can|Did|Does|Has|Is|Was) (?=[A-Z][^.!?\n]{0,300}\?)")
_AFTER = re.compile(r"\s+([^\W\d_]+)")

_ORG, _PERSON, _GPE = EntityLabel.ORG, EntityLabel.PERSON, EntityLabel.GPE


@dataclass(frozen=True, slots=True)
class Spotted:
    """A name that the model saw, trimmed to the name itself."""

    start: int
    end: int
    label: EntityLabel


def settle(clean: str, start: int, end: int, label: EntityLabel) -> Spotted | None:
    """Return the name in `clean[start:end]`, or None if it is none.

    Args:
        clean: The text with the white space and quotation marks that models know.
        start: Where the model sees it begin.
        end: Where the model sees it end.
        label: What the model takes it for.
    """
    start, end = _trimmed(clean, start, end, label)
    name = clean[start:end]
    if not _may_be_name(name) or not stands_alone(clean, start, end):
        return None
    words = name.lower().split()
    if _is_post(clean, start, end, words) or _is_no_name(name, words, label) or _PART_OF_OTHER.match(clean, end):
        return None
    if label is _ORG and (government := _GOVERNMENT.search(name)):
        ruler = name[: government.start()]
        if words[0] in word_list("public_figures"):
            return Spotted(start, start + len(ruler), _PERSON)
        if ruler in _STATES:
            return Spotted(start, start + len(ruler), _GPE)
    if label is _ORG and (state := _STATE.match(name)) and not _is_body(words[1:]):
        return Spotted(start, start + state.end(), _ORG if name.startswith(("EU", "E.U", "UN", "U.N")) else _GPE)
    label = label_by_words(words, label)
    return Spotted(start, end, label_by_setting(clean, start, end, words, label))


@cache
def _inner_roles() -> re.Pattern[str]:
    """Titles and roles inside what the model takes for one name: "Putin President Xi", "Panchenko Forward Kirill"."""
    words = entity_words()
    inside = sorted(
        word.capitalize() for word in words["roles"] | words["person_titles"] if word.isalpha() and len(word) > 4
    )
    return re.compile(rf"(?<=\w )(?:{'|'.join(inside)}) (?=\w+ \w)")


def _trimmed(clean: str, start: int, end: int, label: EntityLabel) -> tuple[int, int]:
    """The bounds without article, possessive, stray punctuation and words that are no part of the name."""
    if (cut := _CUT.search(clean, start, end)) and cut.start() > start:
        end = cut.start()
    if leading := _LEADING.match(clean, start, end):
        start = leading.end()
    if label is _PERSON:
        if question := _QUESTION.match(clean, start):
            start = question.end()
        start = max([start, *(role.end() for role in _inner_roles().finditer(clean, start, end))])
    start, end = _without_edges(clean, start, end, label)
    if end > start and (not clean[end - 1].isalnum() or clean[max(start, end - 2)] in "'’"):  # noqa: RUF001
        end = _TRAILING.search(clean, start, end).start()  # type: ignore[union-attr]  # it matches nothing too
    if clean[end : end + 1] == "." and clean[start : end + 1] in word_list("us_states"):
        end += 1
    if label is _ORG and (committee := _COMMITTEE.match(clean, start)):
        end = max(end, committee.end())
    if label is _PERSON and (rest := _rest_of_name(clean, start, end)):
        end = rest
    if label is _PERSON and " " in clean[start:end] and (junior := _JUNIOR.match(clean, end)):
        end = junior.end()
    return start, end


def _rest_of_name(clean: str, start: int, end: int) -> int | None:
    """Where the surname after a given name ends if the model left it out: "Theresa" May."""
    if clean[start:end].lower() not in word_list("given_names"):
        return None
    surname = _SURNAME.match(clean, end)
    if surname is None or surname[1].lower() in word_list("calendar") | word_list("titles"):
        return None
    return surname.end()


def _without_edges(clean: str, start: int, end: int, label: EntityLabel) -> tuple[int, int]:
    words = entity_words()
    while first := _FIRST.match(clean, start, end):
        word = first[0].strip().lower()
        small = first[0].islower() and word not in words["particles"]
        role = label is _PERSON and (word in words["roles"] or word in words["person_titles"])
        if not (small or role):
            break
        start = first.end()
    kept = words["lower_heads"] | words["places"] if label is not _PERSON else frozenset()
    while last := _LAST.search(clean, start, end):
        word = last[1].rstrip(".,").lower()
        ended = word in word_list("calendar") or (label is _PERSON and word in _VERBS)
        if not (last[1].islower() and word not in kept) and not ended:
            break
        end = last.start()
    return start, end


def _may_be_name(name: str) -> bool:
    return not name.islower() and any(map(str.isalpha, name))


def _is_no_name(name: str, words: list[str], label: EntityLabel) -> bool:
    known = entity_words()
    if all(word.strip(",") in known["person_titles"] | known["roles"] for word in words):
        return True
    if " ".join(words) in known["no_names"] or _AFFILIATION.match(name) or _BILL.match(name):
        return True
    return label is not _PERSON and len(words) > 1 and words[-1] in known["other_heads"]


def _is_post(clean: str, start: int, end: int, words: list[str]) -> bool:
    """Whether the words name a post rather than a body: "Finance" Minister, Secretary of "State"."""
    known = entity_words()
    after = _AFTER.match(clean, end) if " ".join(words) in known["portfolios"] else None
    if after and after[1].lower() in known["posts"]:
        return True
    before = clean[max(0, start - 30) : start].lower().split()[-2:]
    if len(before) < 2 or before[0] not in known["posts_of"] or before[1] not in {"of", "for"}:
        return False
    return words[0] in known["portfolios"]


def _is_body(rest: list[str]) -> bool:
    known = entity_words()
    return any(word.strip(".,") in known["organisations"] or word in known["national"] for word in rest)
