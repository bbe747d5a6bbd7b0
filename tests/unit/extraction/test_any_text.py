"""Whatever the text, extraction ends, and every span is exactly what stands there."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import EnrichedArticle, IdentifiedArticle, Span
from services.extraction.language import LanguageModel, load_language_model
from services.extraction.passages import MAX_SENTENCE
from services.extraction.pipeline import Extractor
from services.extraction.spotting import MAX_CHUNK
from tests.bench.texts import pathological
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
def model() -> LanguageModel:
    return load_language_model()


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


@settings(max_examples=40)
@given(text=st.text(min_size=1, max_size=200), lang=st.sampled_from([None, "en", "zh"]))
def test_any_characters_at_all_are_read(shared: Extractor, text: str, lang: str | None) -> None:
    if text.strip():
        check(shared.extract(IdentifiedArticle(id="a", text=text, title=text[:20].strip() or None, lang=lang)))


@settings(max_examples=60)
@given(texts=st.lists(st.text(max_size=60), max_size=5))
def test_the_models_take_any_characters(texts: list[str], model: LanguageModel) -> None:
    found = list(model.recognise(texts))
    assert len(found) == len(texts)
    for text, entities in zip(texts, found, strict=True):
        assert all(0 <= entity.start < entity.end <= len(text) for entity in entities)
        assert all(a.end <= b.start for a, b in pairwise(entities))
    assert [doc.text for doc in model.parse(texts)] == texts


@pytest.mark.parametrize("what", pathological(1))
def test_texts_that_nobody_would_write_are_read(read: Read, what: str) -> None:
    check(read(pathological(20_000)[what]))


@pytest.mark.parametrize(
    "what",
    [
        "names in a list",
        "names alone",
        "quotes that end sentences",
        "sanctions without a stop",
        "a surname again and again",
        "emoji with spaces",
        "commas",
    ],
)
def test_time_grows_with_the_text_and_not_with_its_square(read: Read, what: str) -> None:
    read(pathological(10_000)[what])
    short, long = (process_seconds(read, pathological(size)[what]) for size in (10_000, 80_000))
    assert long < 24 * short + 0.5  # 8 times the text; its square would be 64 times


def test_the_models_see_all_text_once_and_in_bounded_stretches(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[int]] = {"recognise": [], "parse": []}
    for name, lengths in seen.items():
        monkeypatch.setattr(LanguageModel, name, noting(lengths, getattr(LanguageModel, name)))
    for what in ("sanctions without a stop", "one sentence of capitals", "names in a list", "no spaces"):
        for lengths in seen.values():
            lengths.clear()
        text = pathological(50_000)[what]
        read(text)
        assert max(seen["recognise"]) <= MAX_CHUNK
        assert max(seen["parse"], default=0) <= MAX_SENTENCE
        assert sum(seen["recognise"]) <= len(text)
        assert sum(seen["parse"]) <= len(text)


def noting(lengths: list[int], method: Callable[..., Iterator[object]]) -> Callable[..., Iterator[object]]:
    def noted(self: LanguageModel, texts: Iterable[str]) -> Iterator[object]:
        texts = list(texts)
        lengths.extend(map(len, texts))
        return method(self, texts)

    return noted


def process_seconds(read: Read, text: str) -> float:
    started = process_time()
    read(text)
    return process_time() - started


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
