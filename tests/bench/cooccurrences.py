"""What the alerts service is fed: what the processor makes of real news, and pairs that no news brings so evenly."""

from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache
from itertools import chain, combinations

from schemas import (
    Actor,
    ActorMention,
    ActorType,
    ArticleRef,
    CoOccurrence,
    IdentifiedArticle,
    LinkMethod,
    Scope,
    Span,
    TextField,
    Topic,
)
from services.core.codec import encode
from services.core.dead_letters import Received
from services.core.headers import ARTICLE_TIME, format_time
from services.core.identity import cooccurrence_id, pair_key
from services.core.outputs import Output
from services.extraction.pipeline import load_extractor
from services.processor.work import Reader
from tests.bench import corpora

_ARTICLES = 20_000
_AT_ONCE = 250
_MAX_BYTES = 1_000_000
_ACTORS = 60
# Who is in the newswire of 1987, so that there is something to alert on.
_WATCHED = {
    "Ronald Reagan": "Reagan", "James Baker": "Baker", "Paul Volcker": "Volcker", "Yasuhiro Nakasone": "Nakasone",
    "Kiichi Miyazawa": "Miyazawa", "Gerhard Stoltenberg": "Stoltenberg", "Nigel Lawson": "Lawson",
    "Federal Reserve": "Fed", "Bank of Japan": "Bank of Japan", "Bank of England": "Bank of England",
    "Bundesbank": "Bundesbank", "OPEC": "OPEC", "European Community": "EC", "General Motors": "GM",
}  # fmt: skip
_COUNTRIES = (
    "United States,Japan,West Germany,Britain,France,Italy,Canada,Brazil,Mexico,Argentina,Iran,Iraq,Saudi Arabia,"
    "Kuwait,Venezuela,Nigeria,Indonesia,Australia,Taiwan,South Korea,China,India,Soviet Union"
)


def watched() -> tuple[Actor, ...]:
    """Return the actors that are watched in the news."""
    people = [
        Actor(id=f"p{n}", name=name, type=ActorType.ORGANISATION, aliases=(short,))
        for n, (name, short) in enumerate(_WATCHED.items())
    ]
    states = [Actor(id=f"s{n}", name=name, type=ActorType.STATE) for n, name in enumerate(_COUNTRIES.split(","))]
    return (*people, *states)


def from_news() -> list[Output] | None:
    """Return what the processor finds in all of Reuters-21578, article by article; None where it is not."""
    corpus = corpora.reuters(_ARTICLES, step=1)
    if corpus is None:
        return None
    with ProcessPoolExecutor() as workers:
        return list(chain.from_iterable(workers.map(_read, corpus.articles, chunksize=_AT_ONCE)))


def _read(article: IdentifiedArticle) -> list[Output]:
    now = datetime.now(UTC)
    received = Received(Topic.ARTICLES.value, 0, 0, article.id.encode(), encode(article))
    outputs = _reader().read(received, written_at=now, now=now).outputs
    return [output for output in outputs if output.topic is Topic.ACTORS_COOCCURRENCES]


@cache
def _reader() -> Reader:
    extractor = load_extractor(watched(), only_relevant=True)
    return Reader(extractor, max_text_bytes=_MAX_BYTES, max_message_bytes=_MAX_BYTES)


def in_turn(count: int) -> list[Output]:
    """Return co-occurrences of every pair of some actors in turn, each in an article and a story of its own."""
    arrived_at = format_time(datetime.now(UTC)).encode()
    pairs = list(combinations((f"actor-{number:03}" for number in range(_ACTORS)), 2))
    return [_made(number, pairs[number * 7 % len(pairs)], arrived_at) for number in range(count)]


def _made(number: int, pair: tuple[str, str], arrived_at: bytes) -> Output:
    first, second = pair
    text = f"{first} met {second} in the capital on Tuesday, an official said, and left without a statement."
    name = f"article-{number}"
    found = CoOccurrence(
        id=cooccurrence_id(name, pair),
        article=ArticleRef(id=name, title=f"Meeting {number}", url=f"https://news.example/{number}", source="Wire"),
        actors=(_mention(first, text), _mention(second, text)),
        scope=Scope.SENTENCE,
        distance=5,
        evidence=(Span(field=TextField.TEXT, start=0, end=len(text), text=text),),
        fingerprint=f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 16,
        extractor="bench/1",
    )
    return Output(Topic.ACTORS_COOCCURRENCES, pair_key(pair).encode(), encode(found), [(ARTICLE_TIME, arrived_at)])


def _mention(actor: str, text: str) -> ActorMention:
    start = text.index(actor)
    return ActorMention(
        field=TextField.TEXT, start=start, end=start + len(actor), text=actor, actor_id=actor, name=actor,
        type=ActorType.PERSON, method=LinkMethod.NAME, score=1.0,
    )  # fmt: skip
