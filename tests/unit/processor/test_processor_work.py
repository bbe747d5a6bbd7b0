"""A message becomes results that say where they come from, or a dead letter; nothing that it holds raises."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas import EnrichedArticle, IdentifiedArticle, Reason, Topic
from services.core.dead_letters import Received, read_dead_letter
from services.core.headers import ARTICLE_TIME, TRACEPARENT, read_header
from services.processor.work import Reader, Work

WRITTEN_AT = datetime(2023, 2, 28, 9, tzinfo=UTC)
NOW = datetime(2023, 2, 28, 10, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class FindsNothing:
    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        if article.text == "fail":
            raise ZeroDivisionError
        return EnrichedArticle(article=article, extractor="test/1")


def read(value: bytes | None, *, max_message_bytes: int = 10_000, key: bytes | None = b"\xff") -> Work:
    reader = Reader(FindsNothing(), max_text_bytes=5_000, max_message_bytes=max_message_bytes)
    received = Received("articles", 2, 7, key, value, ((TRACEPARENT, TRACE.encode()),))
    return reader.read(received, written_at=WRITTEN_AT, now=NOW)


def test_a_result_says_where_it_comes_from() -> None:
    work = read(b"An article.")
    (output,) = work.outputs
    assert work.failed is None
    assert work.enriched is not None
    assert output.topic is Topic.ARTICLES_ENRICHED
    assert output.key == work.enriched.article.id.encode()
    assert read_header(output.headers, ARTICLE_TIME) == "2023-02-28T09:00:00.000Z"
    assert read_header(output.headers, "ce_time") == "2023-02-28T10:00:00.000Z"


@given(st.one_of(st.none(), st.binary(max_size=200)))
def test_whatever_comes_is_read_or_kept_as_received(value: bytes | None) -> None:
    work = read(value)
    if work.failed is None:
        assert [output.topic for output in work.outputs] == [Topic.ARTICLES_ENRICHED]
    else:
        (letter,) = work.outputs
        assert (letter.topic, letter.key, letter.value) == (Topic.ARTICLES_DEAD_LETTER, b"\xff", value)
        told = read_dead_letter(Received("x", 0, 0, letter.key, letter.value, tuple(letter.headers)))
        assert (told.partition, told.offset, told.reason) == (2, 7, work.failed)


def test_a_failure_of_ours_is_told_with_a_digest() -> None:
    (letter,) = read(b"fail").outputs
    told = read_dead_letter(Received("x", 0, 0, letter.key, letter.value, tuple(letter.headers)))
    assert told.reason is Reason.PROCESSING_FAILED
    assert told.traceback_digest


def test_a_result_that_no_message_can_carry_is_a_dead_letter_and_one_too_large_itself_goes_without_its_value() -> None:
    assert read(b"x" * 900, max_message_bytes=3_000).failed is None
    (letter,) = read(b"x" * 1_900, max_message_bytes=2_900).outputs
    assert letter.value == b"x" * 1_900
    (letter,) = read(b"x" * 2_800, max_message_bytes=2_900).outputs
    assert letter.value is None
    assert read_header(letter.headers, "sightline.errors.reason") == Reason.OUTPUT_TOO_LARGE
