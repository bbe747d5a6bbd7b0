"""Tell what kind of thing a name is from its own words and those beside it."""

import re
from functools import cache

from schemas import EntityLabel
from services.extraction.lexicon import word_list, yaml_data

_APPOSED = re.compile(
    r"(?i), (?:the |a |an )?(?:[\w'.-]+ ){0,4}(?:president|minister|chairman|chairwoman|director|"
    r"spokesman|spokeswoman|spokesperson|analyst|economist|senator|ambassador|professor|governor|mayor|secretary|"
    r"lawmaker|researcher|author|chancellor)\b"
)
_NOBLE = frozenset({"von", "van", "bin", "ibn", "der"})
_PLURALS = ("Senators", "Representatives", "Sens.", "Reps.", "Presidents", "Messrs", "Leader", "Speaker")
_PLURAL_TITLE = re.compile(
    r"\b(?:Senators|Representatives|Sens\.|Reps\.|Presidents|Messrs\.?|Leader|Speaker)"
    r"(?: [A-Z][\w.'-]+(?: \([A-Z]{2}\))?,?(?: and)?){0,12} $"
)
_IN_PLACE = re.compile(r"\b(?:[Ii]n|[Nn]ear|(?:city|town|village|province|state|port|capital|island) of) $")
_SLAVIC = re.compile(r"(?:[oe]v|[oe]va|sky|skiy|skyy|enko|enka|vich|vych|shvili|dze|yan|ian|oglu|uk|ung)$")
_PLACE_ACRONYMS = frozenset(
    {"UAE", "USA", "UK", "US", "DRC", "PRC", "NYC", "LA", "DC", "KSA", "USSR", "GDR", "ROK", "DPRK"}
)
_REGIONS = frozenset(
    {"county", "district", "governorate", "krai", "oblast", "okrug", "prefecture", "province", "township"}
)
_WORD = 32  # code points that a word before a name is looked for in
_AROUND = 160  # code points looked at before a name
_AFTER = re.compile(r"\s+([^\W\d_]+)")

_ORG, _PERSON, _GPE = EntityLabel.ORG, EntityLabel.PERSON, EntityLabel.GPE
_LOC, _FAC, _NORP = EntityLabel.LOC, EntityLabel.FAC, EntityLabel.NORP


@cache
def entity_words() -> dict[str, frozenset[str]]:
    """Return the lists of `entity_words.yaml`."""
    return {kind: frozenset(words) for kind, words in yaml_data("entity_words").items()}


def follows_title(clean: str, start: int, *, sure: bool = False) -> bool:
    """Whether a person's title stands right before `start`; `sure`: one that nothing but a person follows."""
    before = word_before(clean, start)
    titles = entity_words()["sure_titles" if sure else "person_titles"]
    return before[:1].isupper() and before.lower() in titles


def word_before(clean: str, start: int) -> str:
    """Return the word before `start`, without a bracket or quotation mark before it; empty if none stands there."""
    before = clean[max(0, start - _WORD) : start]
    return before.rsplit(maxsplit=1)[-1].lstrip("(\"'") if before and before[-1].isspace() and before.strip() else ""


def _head(words: list[str]) -> str:
    """The word that says what is named: the last one, or the one before "of"; a number does not count."""
    for link in ("of", "for", "on"):
        if link in words[1:]:
            return words[words.index(link, 1) - 1].strip(".,")
    return next((word.strip(".,") for word in reversed(words) if not word[0].isdigit()), "")


def label_by_words(words: list[str], label: EntityLabel) -> EntityLabel:
    """What the words of a name say of it."""
    known = entity_words()
    head, last = _head(words), words[-1].strip(".,")
    if len(words) == 1 or (label is _PERSON and is_given_and_surname(words)):
        return label
    if {head, last} & known["organisations"]:
        return label if label is _FAC and head in {"museum", "school"} else _ORG
    if label in {_PERSON, _ORG, _FAC} and (place := _place_by_words(words, head)):
        return place
    if label in {_ORG, _FAC} and is_given_and_surname(words) and " ".join(words) not in known["firms_like_people"]:
        return _PERSON
    return label


def _place_by_words(words: list[str], head: str) -> EntityLabel | None:
    known = entity_words()
    if head in known["facilities"] or " ".join(words[-2:]) in known["facilities"]:
        return _FAC
    if head in known["places"]:
        return _GPE if head in _REGIONS else _LOC
    opened = words[0] in known["place_openings"] or " ".join(words[:2]) in known["place_openings"]
    return _LOC if opened else None


def label_by_setting(clean: str, start: int, end: int, words: list[str], label: EntityLabel) -> EntityLabel:
    """What the words around a name say of it."""
    if label is _PERSON:
        return _of_person(clean, start, end, words)
    if label is _NORP or len(words) > 3 or _head(words) in entity_words()["organisations"]:
        return label
    if label is _GPE and _is_body_acronym(clean, start, end):
        return _ORG
    if (follows_title(clean, start) or _is_listed_after_title(clean, start)) and not _is_acronym(clean, start, end):
        return _PERSON
    return _PERSON if _is_introduced(clean, start, end, words) else label


def _is_listed_after_title(clean: str, start: int) -> bool:
    """Whether a list of people with one title runs up to `start`: "Senators Cardin, Shaheen and Rubio"."""
    before = clean[max(0, start - _AROUND) : start]
    return any(title in before for title in _PLURALS) and _PLURAL_TITLE.search(before) is not None


def _of_person(clean: str, start: int, end: int, words: list[str]) -> EntityLabel:
    """What becomes of a name that the model takes for a person's."""
    if len(words) > 1 or follows_title(clean, start):
        return _PERSON
    if _is_acronym(clean, start, end):
        return _ORG
    in_place = _IN_PLACE.search(clean[max(0, start - 20) : start]) and clean[end : end + 1] not in {"'", "-"}
    return _GPE if in_place else _PERSON


def _is_body_acronym(clean: str, start: int, end: int) -> bool:
    """Whether an acronym that the model takes for a place is a body: few places have one."""
    name = clean[start:end]
    known = name in _PLACE_ACRONYMS or name in word_list("us_states")
    return not known and _is_acronym(clean, start, end) and not _IN_PLACE.search(clean[max(0, start - 20) : start])


def _is_introduced(clean: str, start: int, end: int, words: list[str]) -> bool:
    """Whether a name that the model takes for something else is used like a person's."""
    if words[-1] in word_list("public_figures") and len(words) == 1:
        return True
    if clean[start:end].isupper() or words[0] in entity_words()["firms"]:
        return False
    if len(words) <= 3 and _APPOSED.match(clean, end):
        return True
    if len(words) > 1:
        return False
    told = word_before(clean, start).strip(",") in {"said", "says", "added"} and clean[end : end + 1] in {".", ",", ""}
    return told or (_speaks(clean, end) and is_surname(words[0]))


def is_surname(word: str) -> bool:
    """Whether a lower-case word is more likely a person's surname than the name of a firm."""
    if word in entity_words()["firms"]:
        return False
    return word in word_list("surnames") or _SLAVIC.search(word) is not None


def is_given_and_surname(words: list[str]) -> bool:
    """Whether two to four lower-case words read like a full name: "Donald J. Trump", "Ursula von der Leyen"."""
    first, *middle, last = words
    if not middle and len(words) < 2:
        return False
    linked = [word for word in middle if word in entity_words()["particles"] or len(word.rstrip(".")) == 1]
    if len(words) > 4 or len(linked) < len(middle) - 1 or not all(word[0].isalpha() for word in words):
        return False
    if _NOBLE.intersection(middle):
        return True
    given = first in word_list("given_names")
    return given and (is_surname(last) or bool(linked) or last in word_list("public_figures"))


def _speaks(clean: str, end: int) -> bool:
    after = _AFTER.match(clean, end)
    return after is not None and after[1] in entity_words()["said"]


def _is_acronym(clean: str, start: int, end: int) -> bool:
    """Whether a short word of capitals stands among words that are not all capitals."""
    name = clean[start:end]
    if not (name.isupper() and name.isalpha() and 2 <= len(name) <= 6):
        return False
    around = clean[max(0, start - 30) : start] + clean[end : end + 30]
    return sum(map(str.islower, around)) > sum(map(str.isupper, around))
