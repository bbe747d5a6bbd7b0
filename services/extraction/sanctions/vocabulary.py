"""The words that the rules know, read from the data files and checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from schemas import Measure, Status
from services.extraction.lexicon import yaml_data


class Role(StrEnum):
    """What whoever performs an act is to the mention."""

    SENDER = "sender"
    TARGET = "target"
    PARTY = "party"
    NONE = "none"


class Needs(StrEnum):
    """What must be named with a trigger for it to be a mention; each asks more than the one before."""

    NOTHING = "nothing"
    PARTY = "party"
    TARGET = "target"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True)
class NounTrigger:
    """A noun phrase that names a measure."""

    measure: Measure
    needs: Needs


@dataclass(frozen=True, slots=True)
class VerbTrigger:
    """A verb that imposes a measure; without `objects`, on the actor that is its object."""

    measure: Measure
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Act:
    """What a word says of the measure it governs, and the role of its subject."""

    status: Status
    role: Role
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything the rules know of words. Phrases are tuples of lower-case words."""

    nouns: Mapping[tuple[str, ...], NounTrigger]
    verbs: Mapping[str, tuple[VerbTrigger, ...]]
    verb_acts: Mapping[str, Act]
    noun_acts: Mapping[str, Act]
    adjective_acts: Mapping[str, Act]
    words: Mapping[str, frozenset[str]]
    reason_phrases: tuple[tuple[str, ...], ...]
    screen: re.Pattern[str]

    def may_hold_trigger(self, sentence: str) -> bool:
        """Whether the sentence holds a word that could be a trigger, so that parsing it is worth while."""
        return self.screen.search(sentence) is not None


_WORD_SETS = (
    ("triggers", "hit_adjectives modifiers not_before not_after other_authorities actor_nouns goods usual_senders"),
    (
        "predicates",
        (
            "proposed_adjectives lifted_adjectives modals conditions with_verbs state_nouns quantities duty_verbs "
            "times target_prepositions goods_prepositions governing_prepositions"
        ),
    ),
)


def load_vocabulary() -> Vocabulary:
    """Return the vocabulary that ships with Sightline.

    Raises:
        ValueError: A data file names an unknown measure, status, role or need.
    """
    triggers, predicates = yaml_data("triggers"), yaml_data("predicates")
    nouns = {
        tuple(form.split()): NounTrigger(Measure(entry["measure"]), Needs(entry["needs"]))
        for entry in triggers["nouns"]
        for form in entry["forms"]
    }
    verbs: dict[str, tuple[VerbTrigger, ...]] = {}
    for entry in triggers["verbs"]:
        trigger = VerbTrigger(Measure(entry["measure"]), frozenset(entry.get("objects", ())))
        verbs[entry["lemma"]] = (*verbs.get(entry["lemma"], ()), trigger)
    files = {"triggers": triggers, "predicates": predicates}
    words = {key: _word_set(files[file], key) for file, keys in _WORD_SETS for key in keys.split()}
    return Vocabulary(
        nouns=nouns,
        verbs=verbs,
        verb_acts=_acts(predicates, "verbs"),
        noun_acts=_acts(predicates, "nouns"),
        adjective_acts=_acts(predicates, "adjectives"),
        words=words,
        reason_phrases=tuple(tuple(phrase.split()) for phrase in predicates["reason_phrases"]),
        screen=_screen(nouns, verbs),
    )


def _word_set(file: Mapping[str, Any], key: str) -> frozenset[str]:
    words = frozenset(file[key])
    if not all(isinstance(word, str) for word in words):
        raise ValueError(f"{key}: quote what YAML takes for a truth value or number, such as `on`")
    return words


def _acts(predicates: Mapping[str, Any], kind: str) -> dict[str, Act]:
    return {
        word: Act(Status(entry["status"]), Role(entry["role"]), refuses=entry.get("refuses", False))
        for entry in predicates["acts"]
        for word in entry.get(kind, ())
    }


_T = TypeVar("_T")


def _screen(nouns: Mapping[tuple[str, ...], _T], verbs: Mapping[str, Any]) -> re.Pattern[str]:
    """A pattern that finds every phrase and every form of every verb, and little else."""
    phrases = {r"\s+".join(map(re.escape, phrase)) for phrase in nouns}
    # Forms of a verb share its stem: freeze, froze, frozen are the one that changes it.
    stems = {re.escape(lemma.rstrip("e")) + r"\w{0,4}" for lemma in verbs} | {"froze", "frozen"}
    return re.compile(rf"\b(?:{'|'.join(sorted(phrases | stems))})\b", re.IGNORECASE)
