"""Merge what the name matcher and the model see into the entities of an article, each linked where it can be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from schemas import ActorType, Entity, EntityLabel, LinkMethod
from services.extraction.agreement import agree, without_namesakes
from services.extraction.lexicon import word_list
from services.extraction.linking import (
    AMBIGUOUS,
    SCORES,
    Named,
    bare_surnames,
    bearers,
    follows_given_name,
    is_place,
    precedes_given_name,
    precedes_surname,
)
from services.extraction.passages import Passage
from services.extraction.senses import (
    Sense,
    is_language,
    is_of_a_place,
    is_often_person,
    may_be_person,
    sense_of,
)
from services.extraction.spotting import Spotted
from services.watchlist.forms import FAMILY_NAME_FIRST
from services.watchlist.matcher import NameMatch

_LABELS = {
    ActorType.PERSON: EntityLabel.PERSON,
    ActorType.COMPANY: EntityLabel.ORG,
    ActorType.ORGANISATION: EntityLabel.ORG,
    ActorType.GROUP: EntityLabel.ORG,
    ActorType.GOVERNMENT_BODY: EntityLabel.ORG,
    ActorType.STATE: EntityLabel.GPE,
    ActorType.UNION: EntityLabel.ORG,
    ActorType.PLACE: EntityLabel.GPE,
    ActorType.AIRCRAFT: EntityLabel.FAC,
    ActorType.VESSEL: EntityLabel.FAC,  # OntoNotes' PRODUCT is no label of ours; a vessel is the nearest to a facility
}
_SEATS = frozenset({"Kremlin", "White House", "Downing Street", "Whitehall", "Zhongnanhai", "Capitol Hill", "Bankova"})
_FULL = frozenset({LinkMethod.NAME, LinkMethod.ALIAS, LinkMethod.VARIANT})
_MODALS = frozenset({"Will ", "May "})
_GENERIC = frozenset({"and", "of", "the", "'s", "'"})


def find_entities(
    passages: Sequence[Passage], names: Sequence[Sequence[NameMatch]], spotted: Sequence[Sequence[Spotted]]
) -> tuple[Entity, ...]:
    """Return the entities of an article, title first, then by start, without overlaps.

    Args:
        passages: The fields, title first.
        names: For each passage, the names of known actors.
        spotted: For each passage, what the model saw; empty where no model reads the language.
    """
    merged = [
        sorted(_merge(passage, matches, seen), key=lambda name: name.start)
        for passage, matches, seen in zip(passages, names, spotted, strict=True)
    ]
    merged = agree(passages, without_namesakes(passages, merged))
    # The body introduces people for the headline too: "Lukashenko in Beijing" stands above his full name.
    headline_bearers = [
        replace(bearer, since=0)
        for passage, named in zip(passages[-1:], merged[-1:], strict=True)
        for bearer in bearers(passage, named)
    ]
    entities: list[Entity] = []
    for position, (passage, named) in enumerate(zip(passages, merged, strict=True)):
        introduced = bearers(passage, named)
        if position < len(passages) - 1:
            introduced = [*headline_bearers, *introduced]
        known = {bearer.surname for bearer in introduced if bearer.actor}
        kept = [name for name in named if not _is_loose(passage, name, known)]
        surnames = list(bare_surnames(passage, introduced, kept))
        everything = sorted([*kept, *surnames], key=lambda name: name.start)
        entities.extend(_entity(passage, name) for name in everything)
    return tuple(entities)


def _is_loose(passage: Passage, name: Named, surnames: Iterable[str]) -> bool:
    """Whether a name without link is only a surname that the article has introduced: it is then read as one."""
    return name.actor is None and passage.text[name.start : name.end] in surnames


def _merge(passage: Passage, matches: Sequence[NameMatch], seen: Sequence[Spotted]) -> Iterator[Named]:
    """Both kinds of spans without overlaps: a known name wins unless it is only a part of a longer name."""
    reached = 0
    accepted: list[Named] = []
    for match in matches:
        while reached < len(seen) and seen[reached].end <= match.start:
            reached += 1
        around = _overlapping(seen, reached, match)
        if not _is_part_of_longer(passage, match, around) and (named := _named(passage, match, around)):
            accepted.append(named)
        elif not around and (namesake := _namesake(passage, match, accepted[-1].end if accepted else 0)):
            accepted.append(namesake)
    yield from accepted
    yield from _left_over(seen, accepted)


def _overlapping(seen: Sequence[Spotted], first: int, match: NameMatch) -> list[Spotted]:
    found = []
    while first < len(seen) and seen[first].start < match.end:
        found.append(seen[first])
        first += 1
    return found


def _left_over(seen: Sequence[Spotted], accepted: Sequence[Named]) -> Iterator[Named]:
    """What the model saw and no known name covers."""
    reached = 0
    for span in seen:
        while reached < len(accepted) and accepted[reached].end <= span.start:
            reached += 1
        if reached < len(accepted) and accepted[reached].start < span.end:
            continue
        yield Named(span.start, span.end, span.label, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])


def _is_part_of_longer(passage: Passage, match: NameMatch, around: Sequence[Spotted]) -> bool:
    """Whether the model sees a longer name of something else around the match: "China" in "China Daily"."""
    full = " " in passage.clean[match.start : match.end] and match.best.method in _FULL
    if full and (
        match.best.actor.type is ActorType.PERSON or not any(span.label is EntityLabel.ORG for span in around)
    ):
        return False  # a full name stands for itself; the model sometimes adds a word ("Xi Jinping Tuesday")
    for span in around:
        before = passage.clean[span.start : match.start] if span.start < match.start else ""
        after = passage.clean[match.end : span.end] if span.end > match.end else ""
        if before.endswith("-") or after.startswith("-"):  # "Belarus-China": both are named
            continue
        if before in _MODALS and match.best.actor.type is ActorType.PERSON:  # "Will Putin attend"
            continue
        words = [word.strip(",.").lower() for word in (*before.split(), *after.split())]
        own = match.best.actor.name.lower().split() if match.best.held.listed else ()
        if any(word not in word_list("titles") and word not in _GENERIC and word not in own for word in words):
            return True
    return False


def _named(passage: Passage, match: NameMatch, around: Sequence[Spotted]) -> Named | None:
    """The match as a name, or None where its setting shows that it is something else."""
    best = match.best
    same = next((span for span in around if (span.start, span.end) == (match.start, match.end)), None)
    if " " not in best.text and _is_somebody_else(passage, match, same):
        return None
    if best.method is LinkMethod.DEMONYM:
        return None if is_language(passage, match.start, match.end) else _linked(match, EntityLabel.NORP)
    label = _LABELS[best.actor.type]
    if best.method is LinkMethod.METONYM:
        label = same.label if same else _of_metonym(best.text)
    if best.method is LinkMethod.ACRONYM:
        return _linked(match, label)
    sense = sense_of(passage, match.start, match.end, best.actor)
    if sense is Sense.NOTHING:
        return None
    place = best.method is LinkMethod.METONYM and (
        is_place(passage, match.start)
        or is_of_a_place(passage, match.start, match.end)
        or follows_given_name(passage, match.start)
    )
    if sense is Sense.PLACE or place:
        return Named(match.start, match.end, label, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])
    return _linked(match, label, unsure=sense is Sense.UNSURE)


def _is_somebody_else(passage: Passage, match: NameMatch, same: Spotted | None) -> bool:
    """Whether a single word is part of the name of a person who is not the actor: "Michael Jordan", "Paris Hilton"."""
    actor = match.best.actor
    if actor.type in {ActorType.PERSON, ActorType.GROUP}:
        family_first = FAMILY_NAME_FIRST.intersection(actor.countries)
        return follows_given_name(passage, match.start) or bool(
            family_first and precedes_given_name(passage, match.end)
        )
    if match.best.method in {LinkMethod.DEMONYM, LinkMethod.ACRONYM} or not may_be_person(match.best.text):
        return False
    if follows_given_name(passage, match.start):
        return True
    if same is not None and same.label is EntityLabel.PERSON and is_often_person(match.best.text):
        return not is_place(passage, match.start)
    return same is None and precedes_surname(passage, match.end)


def _namesake(passage: Passage, match: NameMatch, since: int) -> Named | None:
    """Somebody else with the name, named from `since` on, where no model sees people: "Виктор Лукашенко"."""
    if match.best.actor.type is not ActorType.PERSON or not follows_given_name(passage, match.start):
        return None
    start = passage.clean.rfind(" ", 0, match.start - 1) + 1
    if start < since:
        return None
    return Named(start, match.end, EntityLabel.PERSON, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])


def _of_metonym(name: str) -> EntityLabel:
    """A seat of government is named for its building; every other metonym is a city."""
    return EntityLabel.ORG if name in _SEATS else EntityLabel.GPE


def _linked(match: NameMatch, label: EntityLabel, *, unsure: bool = False) -> Named:
    best = match.best
    score = SCORES[best.method] * (AMBIGUOUS if match.ambiguous or unsure else 1.0)
    return Named(match.start, match.end, label, best.method, round(score, 3), best.actor)


def _entity(passage: Passage, name: Named) -> Entity:
    return Entity(
        field=passage.field,
        start=name.start,
        end=name.end,
        text=passage.text[name.start : name.end],
        label=name.label,
        actor_id=name.actor.id if name.actor else None,
        name=name.actor.name if name.actor else None,
        method=name.method,
        score=name.score,
    )
