"""Decide which watched actors an article brings together, and where they stand closest."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from schemas import (
    Actor,
    ArticleRef,
    CoOccurrence,
    Entity,
    SanctionsMention,
    Scope,
    Span,
    TextField,
)
from services.core.identity import cooccurrence_id
from services.extraction.fingerprint import fingerprint
from services.extraction.gatherings import Gatherings, Place, mention_of
from services.extraction.passages import Passage

MAX_COOCCURRENCES = 200


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Two mentions of two actors; the smaller `rank`, the closer."""

    rank: tuple[int, int]
    first: Place
    second: Place

    @property
    def scope(self) -> Scope:
        return list(Scope)[self.rank[0]]

    @property
    def distance(self) -> int | None:
        if self.first.passage is not self.second.passage:
            return None
        return self.rank[1]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What every co-occurrence of an article is given."""

    article: ArticleRef
    sanctions: Sequence[SanctionsMention]
    extractor: str
    watchlist_version: str
    fingerprint: str | None
    gatherings: Gatherings


def find_cooccurrences(  # noqa: PLR0913 - each argument is a part of the article, of one kind
    article: ArticleRef,
    passages: Sequence[Passage],
    entities: Sequence[Entity],
    sanctions: Sequence[SanctionsMention],
    actors: Mapping[str, Actor],
    *,
    extractor: str,
    watchlist_version: str,
    limit: int = MAX_COOCCURRENCES,
) -> tuple[tuple[CoOccurrence, ...], int]:
    """Return each pair of watched actors once, at the place where they stand closest, nearest first.

    Args:
        article: What each co-occurrence carries of the article.
        passages: The fields with their sentences.
        entities: Of the whole article, sorted.
        sanctions: Of the whole article.
        actors: Known actors by id.
        extractor: Name and version, as written into each co-occurrence.
        watchlist_version: Digest of the watchlist, as written into each co-occurrence.
        limit: Most co-occurrences returned, at least 0.

    Returns:
        The nearest `limit` co-occurrences, and how many further pairs there are.
    """
    places = [list(_places(passage, entities, actors)) for passage in passages]
    found = len({place.actor.id for field in places for place in field})
    pairs = found * (found - 1) // 2
    best: dict[tuple[str, str], _Meeting] = {}
    for field in places:
        _meet_within(field, best, limit)
    nearest = sorted(best.values(), key=_order)[:limit]
    if len(nearest) < min(limit, pairs):
        nearest.extend(_meet_across(places, best, limit - len(nearest)))
    if not nearest:
        return (), pairs
    body = next((passage.text for passage in passages if passage.field is TextField.TEXT), "")
    gatherings = Gatherings(place for field in places for place in field)
    shared = _Shared(article, sanctions, extractor, watchlist_version, fingerprint(body), gatherings)
    made = tuple(_cooccurrence(meeting, shared) for meeting in nearest)
    return made, pairs - len(made)


def _places(passage: Passage, entities: Sequence[Entity], actors: Mapping[str, Actor]) -> Iterator[Place]:
    for entity in entities:
        actor = actors.get(entity.actor_id) if entity.actor_id and entity.field == passage.field else None
        if actor and actor.same_as:
            actor = _united(actor, actors)
        if actor and actor.watched:
            number = bisect_right(passage.sentences, entity.start, key=lambda sentence: sentence.start) - 1
            yield Place(entity, actor, passage, passage.sentences[number])


def _united(actor: Actor, actors: Mapping[str, Actor]) -> Actor:
    """The actor with what its entries of other lists say, so that rules can ask for any of them."""
    entries = [actor, *(actors[each] for each in actor.same_as if each in actors)]
    said = {
        name: tuple(dict.fromkeys(value for entry in entries for value in getattr(entry, name)))
        for name in ("countries", "tags", "lists", "programmes")
    }
    return actor.model_copy(update={**said, "watched": any(entry.watched for entry in entries)})


def _meet_within(places: Sequence[Place], best: dict[tuple[str, str], _Meeting], limit: int) -> None:
    """Enter into `best` where each pair of one field stands closest.

    Each mention looks back at the last mention of each other actor, most recent first, and at no more than `limit` of
    them: what lies further back is beaten by that many nearer pairs. So the work grows with the mentions, not with
    their square.
    """
    recent: dict[str, Place] = {}  # in order of recency, last mentioned last
    for place in places:
        earlier = reversed(recent.values())
        for _, other in zip(range(limit + 1), earlier, strict=False):
            if other.actor.id != place.actor.id:
                _enter(best, _Meeting(_rank(other, place), other, place))
        recent.pop(place.actor.id, None)
        recent[place.actor.id] = place


def _enter(best: dict[tuple[str, str], _Meeting], meeting: _Meeting) -> None:
    first, second = sorted((meeting.first.actor.id, meeting.second.actor.id))
    known = best.get((first, second))
    if known is None or meeting.rank < known.rank:
        best[first, second] = meeting


def _rank(earlier: Place, later: Place) -> tuple[int, int]:
    if earlier.sentence is later.sentence:
        scope = Scope.SENTENCE
    elif earlier.sentence.paragraph == later.sentence.paragraph:
        scope = Scope.PARAGRAPH
    else:
        scope = Scope.ARTICLE
    return scope.width, max(0, later.entity.start - earlier.entity.end)


def _meet_across(
    places: Sequence[Sequence[Place]], best: Mapping[tuple[str, str], _Meeting], limit: int
) -> Iterator[_Meeting]:
    """Up to `limit` pairs that never stand in the same field, by their first mentions in title and text."""
    firsts = [list({place.actor.id: place for place in reversed(field)}.values())[::-1] for field in places]
    met = set(best)
    for title, text in product(*firsts) if len(firsts) == 2 else ():
        first, second = sorted((title.actor.id, text.actor.id))
        if first == second or (first, second) in met:
            continue
        if limit <= 0:
            return
        limit -= 1
        met.add((first, second))
        yield _Meeting((Scope.ARTICLE.width, text.entity.start), title, text)


def _order(meeting: _Meeting) -> tuple[tuple[int, int], int, str, str]:
    first, second = sorted((meeting.first.actor.id, meeting.second.actor.id))
    return meeting.rank, meeting.first.entity.start, first, second


def _cooccurrence(meeting: _Meeting, shared: _Shared) -> CoOccurrence:
    places = (meeting.first, meeting.second)
    evidence: list[Span] = []
    for place in places:
        span = place.passage.span(place.sentence.start, place.sentence.end)
        if span not in evidence:
            evidence.append(span)
    first, second = sorted(places, key=lambda place: place.actor.id)
    return CoOccurrence(
        id=cooccurrence_id(shared.article.id, (first.actor.id, second.actor.id)),
        article=shared.article,
        actors=(mention_of(first), mention_of(second)),
        scope=meeting.scope,
        distance=meeting.distance,
        evidence=tuple(evidence),
        sanctions=tuple(mention for mention in shared.sanctions if mention.evidence in evidence),
        fingerprint=shared.fingerprint,
        others=shared.gatherings.others(first.actor.id, second.actor.id),
        extractor=shared.extractor,
        watchlist_version=shared.watchlist_version,
    )
