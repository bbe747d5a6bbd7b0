"""One episode, changed: an article joins it, is replaced, or is taken out. Nothing here decides whom to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from schemas import AlertStatus, CoOccurrence, Episode, KnownArticle, Rule, Story
from services.alerts.stories import find_story, meets, source_of
from services.core.identity import evidence_digest

_LEADS = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds the memory of one rule and actor set; what is dropped beyond it is counted.

    Attributes:
        articles: Remembered of an episode; a repeat of one that is forgotten counts again.
        stories: Remembered of an episode; a copy of one that is forgotten is a new story.
        evidence: Co-occurrences in one event.
        remember: How long a resolved episode stays known, so that late and repeated articles find it.
    """

    articles: int = 1000
    stories: int = 100
    evidence: int = 20
    remember: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A co-occurrence as it arrives.

    Attributes:
        cooccurrence: What the article says.
        actor_ids: Of the actors with whom it meets the rule, sorted.
        arrived_at: When this revision of the article came to `articles`.
        seen_at: Event time: when it was published, and no later than it arrived.
        digest: Changes when a correction says something else.
    """

    cooccurrence: CoOccurrence
    actor_ids: tuple[str, ...]
    arrived_at: datetime
    seen_at: datetime
    digest: str

    @property
    def article_id(self) -> str:
        """The article."""
        return self.cooccurrence.article.id


def read_arrival(cooccurrence: CoOccurrence, actor_ids: tuple[str, ...], arrived_at: datetime) -> Arrival:
    """Return a co-occurrence with what the life of alerts asks of it."""
    published_at = cooccurrence.article.published_at
    digest = evidence_digest(
        [
            cooccurrence.scope,
            cooccurrence.fingerprint or "",
            cooccurrence.article.title or "",
            published_at.isoformat() if published_at else "",
            *(f"{span.field}{span.start}{span.text}" for span in cooccurrence.evidence),
            *(f"{actor.field}{actor.start}{actor.text}" for actor in cooccurrence.actors),
            *(mention.id for mention in cooccurrence.sanctions),
            *(f"{other.actor_id}{other.scope}" for other in cooccurrence.others if other.actor_id in actor_ids),
        ]
    )
    return Arrival(cooccurrence, actor_ids, arrived_at, min(published_at or arrived_at, arrived_at), digest)


def reaches(episode: Episode, seen_at: datetime, rule: Rule) -> bool:
    """Whether an article of that event time belongs to the episode: less than `resolve_after` away from it."""
    return (
        episode.first_seen is not None
        and episode.last_seen is not None
        and episode.first_seen - rule.resolve_after <= seen_at <= episode.last_seen + rule.resolve_after
    )


def join(episode: Episode, arrival: Arrival, bounds: Bounds, *, correction: bool = False) -> tuple[Episode, int]:
    """Return the episode with an article more, and how much it had to forget.

    A story that is new, or a correction, is evidence that is still to be told.
    """
    cooccurrence, seen_at = arrival.cooccurrence, arrival.seen_at
    source = source_of(cooccurrence.article)
    story = find_story(episode.stories, cooccurrence.fingerprint, seen_at)
    is_news = story is None or correction
    if story is None:
        story = Story(number=episode.next_story, fingerprint=cooccurrence.fingerprint, seen_at=seen_at, source=source)
        stories = (*episode.stories, story)
    else:
        stories = _with_first(episode.stories, story, seen_at, source)
    article = KnownArticle.model_construct(
        id=arrival.article_id,
        seen_at=seen_at,
        arrived_at=arrival.arrived_at,
        digest=arrival.digest,
        source=source,
        story=story.number,
    )
    articles = {**episode.articles}
    articles.pop(article.id, None)
    articles[article.id] = article
    old = list(islice(articles, max(0, len(articles) - bounds.articles)))
    forgotten = [articles.pop(identity) for identity in old]
    untold = (*episode.untold, cooccurrence) if is_news else episode.untold
    too_many = max(0, len(untold) - bounds.evidence)
    old_stories = max(0, len(stories) - bounds.stories)
    joined = episode.model_copy(
        update={
            "articles": articles,
            "articles_forgotten": episode.articles_forgotten + sum(known.story is not None for known in forgotten),
            "stories": stories[old_stories:],
            "stories_forgotten": episode.stories_forgotten + old_stories,
            "next_story": max(episode.next_story, story.number + 1),
            "leads": _leads(episode.leads, cooccurrence),
            "untold": untold[too_many:],
            "untold_left_out": episode.untold_left_out + too_many,
            "changed_at": _changed_at(episode, arrival.arrived_at) if is_news else episode.changed_at,
            "first_seen": min(episode.first_seen or seen_at, seen_at),
            "last_seen": max(episode.last_seen or seen_at, seen_at),
            "last_arrived_at": max(episode.last_arrived_at or arrival.arrived_at, arrival.arrived_at),
        }
    )
    return joined, len(forgotten) + old_stories


def take_out(episode: Episode, article_id: str, arrived_at: datetime) -> Episode:
    """Return the episode without what an article said; that it said so once, and until when, stays known."""
    said = episode.articles[article_id]
    articles = {**episode.articles, article_id: said.model_copy(update={"story": None, "arrived_at": arrived_at})}
    told = {known.story for known in articles.values() if known.story is not None}
    seen = [known.seen_at for known in articles.values() if known.story is not None]
    leads = tuple(lead for lead in episode.leads if lead.article.id != article_id)
    return episode.model_copy(
        update={
            "articles": articles,
            "stories": tuple(story for story in episode.stories if story.number in told),
            "untold": tuple(each for each in episode.untold if each.article.id != article_id),
            "leads": leads or episode.leads[-1:],
            "changed_at": _changed_at(episode, arrived_at),
            # Of an episode that holds nothing any more the times stay: they say how long it is remembered.
            "first_seen": episode.first_seen if episode.articles_forgotten or not seen else min(seen),
            "last_seen": max(seen) if seen else episode.last_seen,
        }
    )


def is_met(episode: Episode, rule: Rule) -> bool:
    """Whether there are as many stories and sources as the rule asks for."""
    if episode.stories_forgotten:  # more than any rule can ask for
        return True
    return meets(episode.stories, min_stories=rule.min_stories, min_sources=rule.min_sources, window=rule.window)


def closest(episode: Episode) -> tuple[CoOccurrence, ...]:
    """Return where the actors stood closest, or nothing if a correction took that back."""
    if not episode.leads:
        return ()
    lead = episode.leads[0]
    known = episode.articles.get(lead.article.id)
    return () if known is not None and known.story is None else (lead,)


def _changed_at(episode: Episode, at: datetime) -> datetime | None:
    """When what is to be told began: of an alert that is pending, nobody is told."""
    return None if episode.status is AlertStatus.PENDING else episode.changed_at or at


def _with_first(stories: Sequence[Story], story: Story, seen_at: datetime, source: str | None) -> tuple[Story, ...]:
    """Note an article of a known story that was published before those that came first."""
    if seen_at >= story.seen_at:
        return tuple(stories)
    earlier = story.model_copy(update={"seen_at": seen_at, "source": source})
    return tuple(earlier if each.number == story.number else each for each in stories)


def _leads(leads: Sequence[CoOccurrence], cooccurrence: CoOccurrence) -> tuple[CoOccurrence, ...]:
    """Keep the closest, and of those as close the first to come."""
    if len(leads) == _LEADS and leads[-1].scope.width <= cooccurrence.scope.width:
        return tuple(leads)
    others = [lead for lead in leads if lead.article.id != cooccurrence.article.id]
    return tuple(sorted([*others, cooccurrence], key=lambda each: each.scope.width)[:_LEADS])
