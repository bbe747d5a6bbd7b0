"""What one message becomes: the results of extraction, or a dead letter; bytes in, bytes out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas import EnrichedArticle, IdentifiedArticle, Reason, Topic
from schemas.base import Message
from services.core.codec import decode_article, encode
from services.core.dead_letters import Received, dead_letter_headers, reason_of
from services.core.headers import ARTICLE_TIME, event_headers, format_time
from services.core.identity import pair_key
from services.core.outputs import Output, too_large

Timed = Callable[[str], AbstractContextManager[object]]


class Extractor(Protocol):
    """Reads an article."""

    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        """Return everything that stands in it."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """What to write for one message, and what to count."""

    outputs: tuple[Output, ...]
    enriched: EnrichedArticle | None = None
    failed: Reason | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages of `articles`. Reading one again gives the same ids, so that repeats are harmless."""

    extractor: Extractor
    max_text_bytes: int
    max_message_bytes: int

    def read(self, received: Received, *, written_at: datetime, now: datetime, timed: Timed = nullcontext) -> Work:
        """Return the results for a message, or its dead letter; never raises because of what the message holds.

        Args:
            received: The message.
            written_at: When it was written to its topic.
            now: When the results are written.
            timed: Told the name of each stage; measures what runs inside.
        """
        try:
            with timed("decode"):
                article = decode_article(received.value, max_text_bytes=self.max_text_bytes)
            with timed("extract"):
                enriched = self.extractor.extract(article)
            outputs = tuple(_results(enriched, written_at, now))
            self._require_size(outputs)
        # Whatever goes wrong with one message must not stop those behind it: the message is set aside, with the reason.
        except Exception as error:  # noqa: BLE001
            return self.set_aside(received, error, now=now)
        return Work(outputs, enriched=enriched)

    def set_aside(self, received: Received, error: Exception, *, now: datetime, with_value: bool = True) -> Work:
        """Return the dead letter of a message.

        Args:
            received: The message.
            error: What went wrong.
            now: When.
            with_value: False leaves the value out, as is done when with our headers it no longer fits into a message:
                such a letter still tells where the message stands.
        """
        headers = dead_letter_headers(received, error, failed_at=now)
        letter = Output(Topic.ARTICLES.dead_letter, received.key, received.value, headers)
        if not with_value or letter.size > self.max_message_bytes:
            letter = Output(Topic.ARTICLES.dead_letter, received.key, None, headers)
        return Work((letter,), failed=reason_of(error))

    def _require_size(self, outputs: tuple[Output, ...]) -> None:
        for output in outputs:
            if output.size > self.max_message_bytes:
                raise too_large(output, self.max_message_bytes)


def _results(enriched: EnrichedArticle, written_at: datetime, now: datetime) -> Iterator[Output]:
    article = enriched.article.id

    def output(topic: Topic, kind: str, event_id: str, key: str, message: Message) -> Output:
        headers = event_headers(kind=kind, source="processor", event_id=event_id, subject=article, time=now)
        headers.append((ARTICLE_TIME, format_time(written_at).encode()))
        return Output(topic, key.encode(), encode(message), headers)

    yield output(Topic.ARTICLES_ENRICHED, "enriched-article", article, article, enriched)
    for mention in enriched.sanctions:
        yield output(Topic.SANCTIONS_MENTIONS, "sanctions-mention", mention.id, article, mention)
    for pair in enriched.cooccurrences:
        key = pair_key(actor.actor_id for actor in pair.actors)
        yield output(Topic.ACTORS_COOCCURRENCES, "cooccurrence", pair.id, key, pair)
