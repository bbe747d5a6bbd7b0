"""Which articles are one story: versions of one text, published within a week of one another."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from schemas import ArticleRef, Story
from services.extraction.fingerprint import find_alike

# From here on, people call two texts versions of one another: with fingerprints of this size it finds 98 in 100 of the
# pairs that share four fifths of their wording.
ALIKE = 0.75
# Notices that are written anew every year in the same words are different stories.
TIME_APART = timedelta(days=7)


def is_same_story(one: str | None, seen_at: datetime, other: str | None, other_seen_at: datetime) -> bool:
    """Whether two articles, by fingerprint and event time, tell one story; without a fingerprint nothing is known."""
    return find_story([Story(number=1, fingerprint=other, seen_at=other_seen_at)], one, seen_at) is not None


def find_story(stories: Sequence[Story], fingerprint: str | None, seen_at: datetime) -> Story | None:
    """Return the story that an article tells once more, newest first, or None if it is a new one."""
    if fingerprint is None:
        return None
    earliest, latest = seen_at - TIME_APART, seen_at + TIME_APART
    newest_first = stories[::-1]
    for index in find_alike(fingerprint, (story.fingerprint for story in newest_first), at_least=ALIKE):
        if earliest <= newest_first[index].seen_at <= latest:
            return newest_first[index]
    return None


def source_of(article: ArticleRef) -> str | None:
    """Return who published an article: its source, else the host of its address."""
    if article.source:
        return article.source
    try:
        return urlsplit(article.url or "").hostname
    except ValueError:
        return None


def independent_sources(stories: Iterable[Story]) -> tuple[str, ...]:
    """Return the sources that were the first to bring one of the stories, sorted."""
    return tuple(sorted({story.source for story in stories if story.source is not None}))


def meets(stories: Sequence[Story], *, min_stories: int, min_sources: int, window: timedelta | None) -> bool:
    """Whether enough stories from enough sources lie in one window of event time; None: however far apart."""
    if min_stories <= 1 and min_sources <= 1:
        return bool(stories)
    ordered = sorted(stories, key=lambda story: story.seen_at)
    first = 0
    for last, story in enumerate(ordered, start=1):
        while window is not None and story.seen_at - ordered[first].seen_at > window:
            first += 1
        within = ordered[first:last]
        # Stories of nobody knows whom come from somebody.
        if len(within) >= min_stories and max(1, len(independent_sources(within))) >= min_sources:
            return True
    return False
