"""The words that the rules know, read from the data files and checked once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas import Measure, Status
from services.extraction.lexicon import yaml_data
from services.extraction.sanctions.screen import Screen, forms

_ALSO = re.compile(r"\b(?:was|were|been|is|are) (?:also|too)\b|\bas well\b")


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
class WordTrigger:
    """A verb or noun that names a measure together with what it is done to.

    Attributes:
        measure: What is named.
        status: Where it leaves the measure.
        objects: Lemmas, one of which it must be done to; empty if it must be an actor.
        anything: Whether it may be done to anything but what is approved.
        named: Whether somebody must be named with the object.
        listing: Whether the sentence must show that an authority lists somebody.
    """

    measure: Measure
    status: Status
    objects: frozenset[str]
    anything: bool = False
    named: bool = False
    listing: bool = False


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
    nouns_of: Mapping[str, tuple[WordTrigger, ...]]
    verbs: Mapping[str, tuple[WordTrigger, ...]]
    verb_acts: Mapping[str, Act]
    noun_acts: Mapping[str, Act]
    adjective_acts: Mapping[str, Act]
    words: Mapping[str, frozenset[str]]
    foreign_to: Mapping[Measure, frozenset[str]]
    reason_phrases: tuple[tuple[str, ...], ...]
    screen: Screen

    def may_hold_trigger(self, sentence: str) -> bool:
        """Whether the sentence holds words that could be a trigger, so that parsing it is worth while."""
        return self.screen.passes(sentence)

    def may_imply(self, sentence: str) -> bool:
        """Whether the sentence may go on with what the one before says: "was also targeted"."""
        return _ALSO.search(sentence) is not None


_WORD_SETS = (
    (
        "triggers",
        (
            "hit_adjectives modifiers not_before not_after other_authorities actor_nouns goods usual_senders "
            "listing_roles authorities approved implied_verbs"
        ),
    ),
    (
        "predicates",
        (
            "proposed_adjectives lifted_adjectives modals conditions with_verbs state_nouns quantities duty_verbs "
            "circumstances evading_prepositions instruments times "
            "target_prepositions goods_prepositions governing_prepositions"
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
    # The tagger takes some participles for adjectives, which keep their form as lemma.
    verbs = _word_triggers((entry, (entry["lemma"], *entry.get("participles", ()))) for entry in triggers["verbs"])
    nouns_of = _word_triggers((entry, entry["heads"]) for entry in triggers["nouns_of"])
    files = {"triggers": triggers, "predicates": predicates}
    words = {key: _word_set(files[file], key) for file, keys in _WORD_SETS for key in keys.split()}
    return Vocabulary(
        nouns=nouns,
        nouns_of=nouns_of,
        verbs=verbs,
        verb_acts=_acts(predicates, "verbs"),
        noun_acts=_acts(predicates, "nouns"),
        adjective_acts=_acts(predicates, "adjectives"),
        words=words,
        foreign_to={Measure(measure): frozenset(words) for measure, words in triggers["foreign_to"].items()},
        reason_phrases=tuple(tuple(phrase.split()) for phrase in predicates["reason_phrases"]),
        screen=_screen(nouns, verbs, nouns_of),
    )


def _word_triggers(entries: Iterable[tuple[Mapping[str, Any], Iterable[str]]]) -> dict[str, tuple[WordTrigger, ...]]:
    found: dict[str, tuple[WordTrigger, ...]] = {}
    for entry, lemmas in entries:
        trigger = WordTrigger(
            Measure(entry["measure"]),
            Status(entry.get("status", Status.IMPOSED)),
            frozenset(entry.get("objects", ())),
            anything=entry.get("object") == "any",
            named=entry.get("named", False),
            listing=entry.get("listing", False),
        )
        for lemma in lemmas:
            found[lemma] = (*found.get(lemma, ()), trigger)
    return found


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


def _screen(
    nouns: Iterable[tuple[str, ...]],
    verbs: Mapping[str, Sequence[WordTrigger]],
    nouns_of: Mapping[str, Sequence[WordTrigger]],
) -> Screen:
    """What finds every phrase, every verb that an actor is the object of, and the rest beside what it is done to."""
    actors = (lemma for lemma, kinds in verbs.items() if any(not kind.objects for kind in kinds))
    paired: dict[frozenset[str], set[str]] = {}
    for mapping in (verbs, nouns_of):
        for lemma, kinds in mapping.items():
            for kind in kinds:
                if kind.objects:
                    paired.setdefault(kind.objects, set()).add(lemma)
    return Screen({*map(" ".join, nouns), *forms(actors)}, paired)
