"""Merge what the name matcher and the model see into the entities of an article, each linked where it can be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from schemas import ActorType, Entity, EntityLabel, LinkMethod
from services.extraction.lexicon import word_list
from services.extraction.linking import (
    AMBIGUOUS,
    FAMILY_NAME_FIRST,
    SCORES,
    Named,
    bare_surnames,
    bearers,
    follows_given_name,
    is_place,
    precedes_given_name,
)
from services.extraction.passages import Passage
from services.extraction.spotting import Spotted
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
    ActorType.VESSEL: EntityLabel.FAC,  # OntoNotes' PRODUCT is no label of ours; a vessel is the nearest to a facility
}
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
        known = {bearer.surname for bearer in introduced}
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
    if " " in passage.clean[match.start : match.end] and match.best.method in {LinkMethod.NAME, LinkMethod.ALIAS}:
        return False  # a full name stands for itself; the model sometimes adds a word ("Xi Jinping Tuesday")
    for span in around:
        before = passage.clean[span.start : match.start] if span.start < match.start else ""
        after = passage.clean[match.end : span.end] if span.end > match.end else ""
        if before.endswith("-") or after.startswith("-"):  # "Belarus-China": both are named
            continue
        words = [word.strip(",.").lower() for word in (*before.split(), *after.split())]
        if any(word not in word_list("titles") and word not in _GENERIC for word in words):
            return True
    return False


def _named(passage: Passage, match: NameMatch, around: Sequence[Spotted]) -> Named | None:
    """The match as a name, or None where its setting shows that it is something else."""
    best = match.best
    actor, label = best.actor, _LABELS[best.actor.type]
    same = next((span for span in around if (span.start, span.end) == (match.start, match.end)), None)
    linked = True
    if " " not in best.text and actor.type in {ActorType.PERSON, ActorType.GROUP}:
        family_first = FAMILY_NAME_FIRST.intersection(actor.countries)
        if follows_given_name(passage, match.start) or (family_first and precedes_given_name(passage, match.end)):
            return None
    if best.method is LinkMethod.DEMONYM:
        label = EntityLabel.NORP
    elif best.method is LinkMethod.METONYM:
        label = same.label if same else EntityLabel.GPE
        linked = not is_place(passage, match.start)
    elif (
        same
        and same.label is EntityLabel.PERSON
        and label is EntityLabel.GPE
        and follows_given_name(passage, match.start)
    ):
        return None
    if not linked:
        return Named(match.start, match.end, label, LinkMethod.MODEL, SCORES[LinkMethod.MODEL])
    score = SCORES[best.method] * (AMBIGUOUS if match.ambiguous else 1.0)
    return Named(match.start, match.end, label, best.method, round(score, 3), actor)


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
