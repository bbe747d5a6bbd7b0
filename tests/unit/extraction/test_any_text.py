"""Whatever the text, extraction ends, and every span is exactly what stands there."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import EnrichedArticle, IdentifiedArticle, Span
from services.extraction.pipeline import Extractor
from tests.unit.extraction.conftest import Read

PIECES = st.sampled_from(
    [
        "The EU imposed sanctions on Igor Sechin and Rosneft. ",
        "Alexander\u00a0Lukashenko\u2019s visit\u2014",
        "U.S.-led tariffs on China, ",
        "习近平和普京 ",
        "İß\u0301\u200b😀 ",
        "\r\n\r\n",
        "\u2028",
        "“sanctioned Huawei”",
        "n't'\u2019\u2019s . . ",
        "(((",
    ]
)


def spans(article: EnrichedArticle) -> list[Span]:
    found: list[Span] = list(article.entities)
    for mention in article.sanctions:
        found += [mention.trigger, mention.evidence, *mention.senders, *mention.targets, *mention.parties]
        found += [mention.reason] if mention.reason else []
    for together in article.cooccurrences:
        found += [*together.actors, *together.evidence]
    return found


def check(article: EnrichedArticle) -> None:
    fields = {"title": article.article.title, "text": article.article.text}
    for span in spans(article):
        field = fields[span.field]
        assert field is not None
        assert field[span.start : span.end] == span.text
    places = [(e.field != "title", e.start, e.end) for e in article.entities]
    assert all(a[0] < b[0] or a[2] <= b[1] for a, b in pairwise(places))
    EnrichedArticle.model_validate_json(article.model_dump_json())


@pytest.fixture(scope="module")
def shared(extractor: Extractor) -> Extractor:
    return extractor


@settings(max_examples=60)
@given(
    parts=st.lists(st.one_of(PIECES, st.text(max_size=20)), min_size=1, max_size=8),
    title=st.none() | st.text(max_size=30),
)
def test_spans_are_exact_slices(shared: Extractor, parts: list[str], title: str | None) -> None:
    text = "".join(parts)
    if text.strip():
        check(shared.extract(IdentifiedArticle(id="a", text=text, title=title)))


@pytest.mark.parametrize(
    "text",
    [
        "," * 20_000,
        "a" * 100_000,
        "sanctions on Russia and " * 400,
        '"(' * 20_000,
        "😀" * 20_000 + " sanctions",
        "\u200b" * 20_000,
        " " * 100_000 + "x",
        "\r" * 50_000 + "x",
        "A." * 20_000,
        "http://a.b/" + "c/" * 20_000,
        "e" + "\u0301" * 20_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_made_up_texts_end(read: Read, text: str) -> None:
    check(read(text))


def test_a_long_article_is_read_to_its_end(read: Read) -> None:
    article = read("Nothing happened today in the city.\n" * 3_000 + "The EU imposed sanctions on Rosneft.")
    check(article)
    assert [m.targets[0].actor_id for m in article.sanctions] == ["rosneft"]
