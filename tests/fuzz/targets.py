"""What reads bytes that others wrote: each target says of an input what became of it, and raises if that is a fault.

A fault is any error that is not declared, and a loss: something that is neither accepted, nor rejected with a reason,
nor set aside as a dead letter with its bytes.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

from schemas import Actor, EnrichedArticle, IdentifiedArticle, Reason, Topic
from services.core.codec import decode_article, decode_utf8, encode, parse_json, read_article
from services.core.dead_letters import Received, read_dead_letter
from services.core.errors import Unreadable
from services.core.listing import ListingError
from services.extraction.pipeline import Extractor, load_extractor
from services.ingest import formats
from services.ingest.bodies import read_body
from services.ingest.feeds.parse import NoFeed, parse_feed, to_article
from services.ingest.formats import json_document, json_lines
from services.ingest.formats.web_page import read_page
from services.ingest.items import Format, Rejected
from services.processor.work import Reader
from services.watchlist.file import read_watchlist
from services.watchlist.formats import ofac_csv, recognition
from services.watchlist.formats.members import Member
from services.watchlist.loading import plan_load
from services.watchlist.roster import Roster
from tests.conftest import CHECKOUT

SEEDS = Path(__file__).parent / "seeds"
MAX_TEXT_BYTES = 100_000
MAX_MESSAGE_BYTES = 1_000_000
NOW = datetime(2023, 2, 28, 9, tzinfo=UTC)
_MOST = 10_000


class Lost(AssertionError):  # noqa: N818 - says what happened
    """Something came in, and nothing tells what became of it."""


@dataclass(slots=True)
class Fate:
    """What became of one input, or of many.

    Attributes:
        accepted: Articles, entries or actors that were taken.
        rejected: Those that were not, and whole inputs, by reason.
    """

    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def require(self) -> "Fate":
        """Check that something became of it."""
        if not self.accepted and not self.rejected:
            raise Lost
        return self


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is fuzzed.

    Attributes:
        name: Also of the folder of its seeds, unless another is given.
        run: Takes an input.
        share: Of all inputs.
        seeds: Name of the folder.
    """

    name: str
    run: Callable[[bytes], Fate]
    share: float
    folder: str | None = None

    @property
    def seeds(self) -> list[bytes]:
        """The inputs that are spoiled."""
        return [path.read_bytes() for path in sorted((SEEDS / (self.folder or self.name)).iterdir())]


def read_message(raw: bytes) -> Fate:
    """Read a value of `articles`, as the processor does."""
    try:
        article = decode_article(raw, max_text_bytes=MAX_TEXT_BYTES)
    except Unreadable as error:
        return Fate(rejected=Counter([error.reason.value]))
    again = IdentifiedArticle.model_validate_json(encode(article))
    assert (again.id, again.text) == (article.id, article.text)
    return Fate(accepted=1)


def read_bodies(raw: bytes) -> Fate:
    """Read a body of a request in every format in which it may be."""
    fate = Fate()
    for known in formats.all_formats():
        if known.read is formats.for_suffix(".html").read:  # type: ignore[union-attr]  # a target of its own
            continue
        items = read_body(raw, known, max_articles=_MOST, max_text_bytes=MAX_TEXT_BYTES)
        if len(items) < _count(raw, known):
            raise Lost
        for item in items:
            if isinstance(item, Rejected):
                fate.rejected[item.reason.value] += 1
            else:
                fate.accepted += 1
    return fate


def _count(raw: bytes, known: Format) -> int:
    """Return how many things a body holds, counted in another way."""
    if known is json_lines.FORMAT:
        return sum(not _is_blank(line) for line in raw.split(b"\n"))
    if known is json_document.FORMAT:
        try:
            value = parse_json(decode_utf8(raw))
        except Unreadable:
            return 1
        return len(value) if isinstance(value, list) else 1
    return 1


def _is_blank(line: bytes) -> bool:
    try:
        return not line.decode().removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        return False


def read_feed(raw: bytes) -> Fate:
    """Read what a feed answers, and each of its entries as an article."""
    fate = Fate()
    try:
        feed = parse_feed(raw, url="https://news.example/feed")
    except NoFeed:
        return Fate(rejected=Counter(["no feed"]))
    if not feed.entries:
        fate.rejected["no entries"] += 1
    for entry in feed.entries:
        try:
            read_article(
                to_article(entry, feed_title=feed.title, feed_url="https://news.example/feed"),
                max_text_bytes=MAX_TEXT_BYTES,
            )
            fate.accepted += 1
        except Unreadable as error:
            fate.rejected[error.reason.value] += 1
    return fate.require()


def read_web_page(raw: bytes) -> Fate:
    """Read a page."""
    try:
        read_page(raw, max_text_bytes=MAX_TEXT_BYTES)
    except Unreadable as error:
        return Fate(rejected=Counter([error.reason.value]))
    return Fate(accepted=1)


def read_list(raw: bytes) -> Fate:
    """Read a list of whatever format it begins as, make it the watchlist, and look names up in it."""
    member = Member("fuzz", lambda: io.BytesIO(raw))
    try:
        form = recognition.recognise(member)
        if form in {recognition.Format.OFAC_CSV, recognition.Format.OFAC_CSV_PART}:
            found: Iterable[Actor] = ofac_csv.read(member, [])
        else:
            found = recognition._READ[form](member)
        actors = list(islice(recognition._once(found, member.source), _MOST))
    except ListingError as error:
        return Fate(rejected=Counter(["listing error"] if error.problem else [])).require()
    plan = plan_load({}, {"fuzz": actors})
    loaded = [Actor.model_validate_json(value) for value in plan.changes.values() if value is not None]
    roster = _roster()
    for actor in loaded:
        roster.put(actor, encode(actor))
    for actor in loaded[:3]:
        roster.match(f"They met {actor.name} there.")
    for actor in loaded:
        roster.remove(actor.id)
    return Fate(accepted=len(actors)).require()


@cache
def _roster() -> Roster:
    return Roster()


@cache
def _extractor() -> Extractor:
    return load_extractor(read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml"))


@dataclass(frozen=True, slots=True)
class _WithoutModels:
    """Reads every article as one in another language: names, and nothing that needs a model."""

    inner: Extractor

    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        """Return what is found."""
        return self.inner.extract(article.model_copy(update={"lang": "und"}))


def extract_names(raw: bytes) -> Fate:
    """Process a message without the models."""
    return _process(raw, Reader(_WithoutModels(_extractor()), MAX_TEXT_BYTES, MAX_MESSAGE_BYTES))


def extract_all(raw: bytes) -> Fate:
    """Process a message with everything there is."""
    return _process(raw, Reader(_extractor(), MAX_TEXT_BYTES, MAX_MESSAGE_BYTES))


def _process(raw: bytes, reader: Reader) -> Fate:
    received = Received("articles", 0, 7, b"key", raw, (("traceparent", b"\xff"),))
    work = reader.read(received, written_at=NOW, now=NOW)
    if work.failed is None:
        assert work.outputs[0].topic is Topic.ARTICLES_ENRICHED
        enriched = EnrichedArticle.model_validate_json(work.outputs[0].value or b"")
        fields = {"title": enriched.article.title, "text": enriched.article.text}
        for entity in enriched.entities:
            assert (fields[entity.field] or "")[entity.start : entity.end] == entity.text
        return Fate(accepted=1)
    (letter,) = work.outputs
    assert (letter.topic, letter.value, letter.key) == (Topic.ARTICLES_DEAD_LETTER, raw, b"key")
    told = read_dead_letter(Received(letter.topic, 0, 0, letter.key, letter.value, tuple(letter.headers)))
    assert told.reason is work.failed
    if work.failed is Reason.PROCESSING_FAILED:
        article = decode_article(raw, max_text_bytes=MAX_TEXT_BYTES)
        reader.extractor.extract(article)
        raise Lost(told.message)
    return Fate(rejected=Counter([f"dead letter: {work.failed.value}"]))


TARGETS = (
    Target("messages", read_message, 0.34),
    Target("bodies", read_bodies, 0.22),
    Target("lists", read_list, 0.16),
    Target("feeds", read_feed, 0.10),
    Target("texts", extract_names, 0.155),
    Target("pages", read_web_page, 0.02),
    Target("models", extract_all, 0.005, "texts"),
)
