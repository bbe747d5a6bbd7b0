"""Make up the news of some days: short stories that name two watched actors, copies, repeats and corrections of them.

Everything follows from the seed. The times lie in the future of the wall clock, so that what the alerts service does by
the clock is never due, and the events that follow are a function of the articles alone.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas import Actor, Article
from schemas.actor import ActorType
from services.core.identity import pair_key

_PAIRS = 36  # that the stories are about
_LONE_SHARE = 0.01  # articles that get a pair of their own, and a correction that takes the pair back
_REMEMBERED = 6  # stories of a pair that are still copied, repeated and corrected
_SOURCES = ("Example Wire", "The Daily Example", "Example Post", "Northern Herald", "Evening Courier", "Morning Ledger")
_TITLES = ("Talks", "Deal", "Dispute", "Inquiry", "Contract", "Meeting", "Audit", "Hearing", "Loan", "Protest")
_VERBS = ("met", "praised", "criticised", "visited", "called", "warned", "answered", "thanked", "surprised", "lobbied")
_PEOPLE = ("directors", "lawyers", "engineers", "shareholders", "auditors", "advisers", "negotiators", "workers")
_THINGS = (
    "a pipeline", "two tankers", "a refinery", "a rail link", "a bond sale", "turbines", "fertiliser", "a harbour",
    "satellite images", "a steel mill", "a power line", "grain silos", "spare parts", "a data centre", "copper ore",
)  # fmt: skip
_PLACES = ("Geneva", "Vienna", "Oslo", "Dubai", "Istanbul", "Singapore", "Doha", "Astana", "Nairobi", "Belgrade")
_DETAILS = (
    "worth {n} million dollars", "after {n} hours of talks", "despite {n} complaints", "in front of {n} guests",
    "for the next {n} years", "with {n} conditions attached", "following {n} weeks of silence", "citing {n} documents",
)  # fmt: skip
_SANCTIONS = (
    "while the European Union imposed sanctions on {target}",
    "though the United States proposed an asset freeze against {target}",
    "as the United Kingdom lifted its travel ban on {target}",
)
_SAID = ("officials said", "two people familiar with the matter said", "a spokeswoman confirmed", "local media wrote")


@dataclass(frozen=True, slots=True)
class Sent:
    """An article as a producer sends it: everything of one pair has one key, and so keeps its order."""

    key: bytes
    article: Article
    arrived_at: datetime

    @property
    def value(self) -> bytes:
        """What stands on the topic."""
        return self.article.model_dump_json(exclude_none=True).encode()

    @property
    def timestamp_ms(self) -> int:
        """What the record carries."""
        return round(self.arrived_at.timestamp() * 1000)


def make_articles(count: int, watchlist: Sequence[Actor], *, seed: int, start: datetime) -> tuple[Sent, ...]:
    """Return `count` articles in the order in which they arrive.

    Args:
        count: How many, corrections and repeats included.
        watchlist: Whose watched actors the stories name.
        seed: Of everything that is left to chance.
        start: When the first ones arrive; in the future.
    """
    chance = random.Random(seed)
    actors = [actor for actor in watchlist if actor.watched and actor.name.isascii()]
    people = [actor for actor in actors if actor.type is ActorType.PERSON]
    companies = [actor for actor in actors if actor.type is ActorType.COMPANY]
    lone = int(count * _LONE_SHARE)
    pairs = chance.sample([(one, other) for one in people for other in companies], _PAIRS + lone)
    sent = [each for pair in pairs[:lone] for each in _taken_back(pair, chance, start)]
    for number, pair in enumerate(pairs[lone:]):
        wanted = (count - len(sent)) // (_PAIRS - number)
        sent += _Newsroom(pair, chance, start).write(wanted)
    return tuple(sorted(sent, key=lambda each: each.arrived_at))


def _taken_back(pair: tuple[Actor, Actor], chance: random.Random, start: datetime) -> Iterator[Sent]:
    """Yield an article that brings a pair together once, and its correction, which names only one of the two."""
    desk = _Newsroom(pair, chance, start + timedelta(minutes=chance.uniform(0, 2880)))
    first = desk.write_story()
    yield first
    text = _tell(pair[0].name, f"the {chance.choice(_PEOPLE)} of a rival", "the rival", chance)
    yield desk.send(first.article.model_copy(update={"text": text}), timedelta(minutes=chance.uniform(5, 90)))


class _Newsroom:
    """Writes about one pair: bursts, and pauses that are long enough for an alert to be repeated or resolved."""

    def __init__(self, pair: tuple[Actor, Actor], chance: random.Random, start: datetime) -> None:
        self._pair = pair
        self._chance = chance
        self._now = start + timedelta(minutes=chance.uniform(0, 240))
        self._stories: list[Article] = []
        self._written = 0

    def write(self, count: int) -> Iterator[Sent]:
        for _ in range(count):
            kind = self._chance.random()
            if not self._stories or kind < 0.6:
                yield self.write_story()
            elif kind < 0.75:
                yield self._send_copy(changed=True)
            elif kind < 0.85:
                yield self._send_copy(changed=False)
            elif kind < 0.92:
                yield self.send(self._chance.choice(self._stories), self._pause())
            else:
                yield self._correct()

    def write_story(self) -> Sent:
        """Return a new story; some are published hours before they arrive."""
        one, other = self._pair
        article = self._article(
            _tell(one.name, f"the {self._chance.choice(_PEOPLE)} of {other.name}", other.name, self._chance)
        )
        self._stories = [*self._stories, article][-_REMEMBERED:]
        return self.send(article, self._pause())

    def send(self, article: Article, after: timedelta) -> Sent:
        """Let an article arrive a while after the one before."""
        # Later than what came before by a whole second at least: two moments that are equal have no order.
        self._now += max(after, timedelta(seconds=1))
        if article.published_at is None:
            late = timedelta(hours=self._chance.uniform(1, 5)) if self._chance.random() < 0.05 else timedelta(minutes=2)
            article = article.model_copy(update={"published_at": self._now - late})
            self._stories = [article if known.id == article.id else known for known in self._stories]
        return Sent(pair_key([actor.id for actor in self._pair]).encode(), article, self._now)

    def _send_copy(self, *, changed: bool) -> Sent:
        """Let another source bring a known story, in nearly or exactly the same words."""
        text = self._chance.choice(self._stories).text
        if changed:
            text = f"{text.removesuffix('.')}, {self._chance.choice(_SAID)}."
        return self.send(self._article(text), self._pause())

    def _correct(self) -> Sent:
        """Let a known article arrive again with other figures; it still names both."""
        old = self._chance.choice(self._stories)
        corrected = old.model_copy(
            update={"text": f"{old.text.removesuffix('.')} on day {self._chance.randrange(100)}."}
        )
        self._stories = [corrected if known.id == corrected.id else known for known in self._stories]
        return self.send(corrected, self._pause())

    def _article(self, text: str) -> Article:
        self._written += 1
        identity = f"{self._pair[0].id}.{self._pair[1].id}.{self._written}"
        return Article(
            id=identity,
            title=f"{self._chance.choice(_TITLES)} in {self._chance.choice(_PLACES)}",
            url=f"https://news.example/{identity}",
            source=self._chance.choice(_SOURCES),
            lang="en",
            text=text,
        )

    def _pause(self) -> timedelta:
        kind = self._chance.random()
        if kind < 0.80:
            return timedelta(minutes=self._chance.expovariate(1 / 4))
        if kind < 0.94:
            return timedelta(minutes=self._chance.expovariate(1 / 40))
        if kind < 0.98:
            return timedelta(hours=self._chance.uniform(6.5, 10))
        return timedelta(hours=self._chance.uniform(13, 20))


def _tell(one: str, other: str, target: str, chance: random.Random) -> str:
    """Return a story of one sentence."""
    parts = [
        f"{one} {chance.choice(_VERBS)} {other} in {chance.choice(_PLACES)} over {chance.choice(_THINGS)}",
        chance.choice(_DETAILS).format(n=chance.randrange(2, 900)),
    ]
    if chance.random() < 0.25:
        parts.append(chance.choice(_SANCTIONS).format(target=target))
    elif chance.random() < 0.5:
        parts.append(f"and spoke of {chance.choice(_THINGS)} near {chance.choice(_PLACES)}")
    return f"{' '.join(parts)}."
