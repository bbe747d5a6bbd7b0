"""Make the names of one article agree: the same name is the same kind of thing throughout, and found throughout."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas import EntityLabel, LinkMethod
from services.extraction.lexicon import word_list
from services.extraction.linking import SCORES, Named, is_opening_word, is_place, people_named
from services.extraction.passages import Passage
from services.watchlist.boundaries import stands_alone

_ACRONYM = re.compile(r"\s\(\"?([A-Z][A-Za-z&.]{1,9})\"?\)")
_CAPITALISED = re.compile(r"\b[^\W\d_a-z][\w'’.&-]*")  # noqa: RUF001
_NEXT_TO_CAPITAL = re.compile(r"\s[^\W\d_a-z]")
_CAPITAL_BEFORE = re.compile(r"[^\W\d_a-z][\w'’-]*\s$")  # noqa: RUF001
_SPREAD = frozenset({EntityLabel.PERSON, EntityLabel.ORG, EntityLabel.GPE, EntityLabel.LOC, EntityLabel.FAC})
_BARE = frozenset({LinkMethod.NAME, LinkMethod.ALIAS, LinkMethod.VARIANT, LinkMethod.METONYM})
_MAX_WORDS = 8


def agree(passages: Sequence[Passage], named: Sequence[Sequence[Named]]) -> list[list[Named]]:
    """Return the names of each passage with one label for each spelling, and those that were overlooked.

    Names that are linked stay as they are. Others take the label that their spelling has most often in the article;
    an acronym takes that of the name it is introduced for, and part of a person's full name is that person.

    Args:
        passages: The fields of an article.
        named: For each field its names, in order.
    """
    labels = _labels(passages, named)
    settled = [
        [_relabelled(passage, name, labels) for name in names] for passage, names in zip(passages, named, strict=True)
    ]
    spread = _worth_spreading(passages, settled)
    return [
        sorted([*names, *_overlooked(passage, names, spread)], key=lambda name: name.start)
        for passage, names in zip(passages, settled, strict=True)
    ]


def without_namesakes(passages: Sequence[Passage], named: Sequence[Sequence[Named]]) -> list[list[Named]]:
    """Return the names with bare ones taken for the people whom the article introduces with them.

    After "Richard Wagner", "Wagner" is the composer, unless the article names the actor in full as well.
    """
    full: set[str] = set()
    people: set[str] = set()
    for passage, names in zip(passages, named, strict=True):
        for name in names:
            spelt = _spelt(passage, name)
            if name.actor and " " in spelt:
                full.add(name.actor.id)
            elif name.actor is None and name.label is EntityLabel.PERSON:
                people.update(people_named(spelt))

    def settled(passage: Passage, name: Named) -> Named:
        bare = name.actor is not None and name.method in _BARE and name.actor.id not in full
        if not bare or _spelt(passage, name) not in people or is_place(passage, name.start):
            return name
        return Named(name.start, name.end, EntityLabel.PERSON, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])

    return [[settled(passage, name) for name in names] for passage, names in zip(passages, named, strict=True)]


def _labels(passages: Sequence[Passage], named: Sequence[Sequence[Named]]) -> dict[str, EntityLabel]:
    votes: dict[str, Counter[EntityLabel]] = defaultdict(Counter)
    acronyms: dict[str, EntityLabel] = {}
    people: set[str] = set()
    for passage, names in zip(passages, named, strict=True):
        for name in names:
            spelt = _spelt(passage, name)
            votes[spelt][name.label] += 1
            if name.label is EntityLabel.PERSON:
                people.update(people_named(spelt))
            elif " " in spelt and (introduced := _ACRONYM.match(passage.clean, name.end)):
                acronyms.setdefault(introduced[1], name.label)
    people.update(_given_names(votes))
    people.update([name[0].upper() + name[1:] for name in people])  # "Al-Moualem said": it opens a sentence
    most = {spelt: counted.most_common(1)[0][0] for spelt, counted in votes.items()}
    return {**most, **dict.fromkeys(people & most.keys(), EntityLabel.PERSON), **acronyms}


def _given_names(votes: dict[str, Counter[EntityLabel]]) -> Iterator[str]:
    """Yield the first names of people named in full more than once."""
    for spelt, counted in votes.items():
        if counted[EntityLabel.PERSON] > 1 and " " in spelt:
            yield spelt.split(" ", 1)[0]


def _relabelled(passage: Passage, name: Named, labels: dict[str, EntityLabel]) -> Named:
    if name.actor is not None or name.label is EntityLabel.NORP:
        return name
    label = labels[_spelt(passage, name)]
    return name if label is name.label else replace(name, label=label)


def _worth_spreading(
    passages: Sequence[Passage], named: Sequence[Sequence[Named]]
) -> dict[str, list[tuple[str, Named]]]:
    """By first word, the spellings that are names wherever they stand: of several words, seen twice, or acronyms."""
    found: dict[str, list[Named]] = defaultdict(list)
    introduced = set()
    for passage, names in zip(passages, named, strict=True):
        for name in names:
            spelt = _spelt(passage, name)
            if name.label in _SPREAD and spelt.count(" ") < _MAX_WORDS:
                found[spelt].append(name)
            if acronym := _ACRONYM.match(passage.clean, name.end):
                introduced.add(acronym[1])
    worth: dict[str, list[tuple[str, Named]]] = defaultdict(list)
    for given, example in _given_twice(found):
        worth[given].append((given, example))
    for spelt, names in found.items():
        if " " in spelt or len(names) > 1 or spelt in introduced:
            worth[spelt.split(" ", 1)[0]].append((spelt, names[0]))
    return worth


def _given_twice(found: dict[str, list[Named]]) -> Iterator[tuple[str, Named]]:
    for spelt, names in found.items():
        given = spelt.split(" ", 1)[0]
        twice = len(names) > 1 and " " in spelt and names[0].label is EntityLabel.PERSON and names[0].actor is None
        if twice and given.lower() in word_list("given_names"):
            yield given, names[0]


def _overlooked(
    passage: Passage, names: Sequence[Named], spread: dict[str, list[tuple[str, Named]]]
) -> Iterator[Named]:
    """Yield further places where a name of the article stands."""
    if not spread:
        return
    taken = iter(sorted((name.start, name.end) for name in names))
    following = next(taken, None)
    reached = 0
    for word in _CAPITALISED.finditer(passage.clean):
        start = word.start()
        if start < reached:
            continue
        while following and following[1] <= start:
            following = next(taken, None)
        candidates = spread.get(word[0]) or spread.get(_without_possessive(word[0])) or ()
        for spelt, example in sorted(candidates, key=lambda candidate: -len(candidate[0])):
            end = start + len(spelt)
            if following and following[0] < end:
                continue
            if passage.clean[start:end] == spelt and _is_whole(passage, start, end, single=" " not in spelt):
                reached = end
                yield Named(start, end, example.label, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])
                break


def _is_whole(passage: Passage, start: int, end: int, *, single: bool) -> bool:
    """Whether the words at `start` are a name by themselves; a single one may be part of a longer name."""
    if not stands_alone(passage.text, start, end):
        return False
    if not single:
        return True
    beside = _NEXT_TO_CAPITAL.match(passage.clean, end) or _CAPITAL_BEFORE.search(
        passage.clean, max(0, start - 30), start
    )
    return beside is None and not is_opening_word(passage, start, end)


def _without_possessive(word: str) -> str:
    return word.removesuffix("'s").rstrip("'.")


def _spelt(passage: Passage, name: Named) -> str:
    return " ".join(passage.clean[name.start : name.end].split())
