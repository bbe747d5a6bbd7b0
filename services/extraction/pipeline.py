"""The whole of extraction in one place: an article in, everything found in it out."""

from collections.abc import Sequence
from importlib.metadata import version

from schemas import Actor, ArticleRef, EnrichedArticle, Entity, IdentifiedArticle, SanctionsMention, TextField
from services.extraction.cooccurrences import MAX_COOCCURRENCES, find_cooccurrences
from services.extraction.entities import find_entities
from services.extraction.language import LanguageModel, load_language_model
from services.extraction.passages import Passage, read_passage
from services.extraction.sanctions.mentions import SanctionsReader
from services.extraction.sanctions.vocabulary import Vocabulary, load_vocabulary
from services.extraction.spotting import spot
from services.watchlist.matcher import NameMatcher

_LANGUAGE = "en"


class Extractor:
    """Reads articles. Holds only what is loaded once; the same article always gives the same result."""

    def __init__(
        self,
        model: LanguageModel,
        matcher: NameMatcher,
        vocabulary: Vocabulary,
        *,
        extractor: str,
        max_cooccurrences: int = MAX_COOCCURRENCES,
    ) -> None:
        """Put an extractor together.

        Args:
            model: Recognises entities and parses sentences of English articles.
            matcher: Finds the names of the watchlist.
            vocabulary: What the sanctions rules know of words.
            extractor: Name and version, as written into every result.
            max_cooccurrences: Most co-occurrences per article; the nearest are kept, the rest are counted.
        """
        self._model = model
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._reader = SanctionsReader(model, vocabulary, matcher.actors)
        self._extractor = extractor
        self._max_cooccurrences = max_cooccurrences

    @property
    def watchlist_version(self) -> str:
        """Digest of the watchlist that names are looked up in."""
        return self._matcher.version

    def with_watchlist(self, watchlist: Sequence[Actor]) -> "Extractor":
        """Return an extractor for another watchlist that shares the loaded model."""
        return Extractor(
            self._model,
            NameMatcher(watchlist),
            self._vocabulary,
            extractor=self._extractor,
            max_cooccurrences=self._max_cooccurrences,
        )

    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        """Return everything found in an article.

        An article in another language than English has its known names found, and nothing that needs the model; one
        that does not say its language is read as English.
        """
        ref = ArticleRef.model_validate(article.model_dump())
        passages = _passages(article)
        entities = self._entities(passages, readable=_is_english(article.lang))
        sanctions = self._sanctions(ref, passages, entities) if _is_english(article.lang) else ()
        cooccurrences, left_out = find_cooccurrences(
            ref,
            passages,
            entities,
            sanctions,
            self._matcher.actors,
            extractor=self._extractor,
            limit=self._max_cooccurrences,
        )
        return EnrichedArticle(
            article=article,
            entities=entities,
            sanctions=sanctions,
            cooccurrences=cooccurrences,
            cooccurrences_left_out=left_out,
            extractor=self._extractor,
        )

    def _entities(self, passages: Sequence[Passage], *, readable: bool) -> tuple[Entity, ...]:
        names = [self._matcher.match(passage.text) for passage in passages]
        spotted = [spot(passage, self._model) if readable else [] for passage in passages]
        return find_entities(passages, names, spotted)

    def _sanctions(
        self, article: ArticleRef, passages: Sequence[Passage], entities: Sequence[Entity]
    ) -> tuple[SanctionsMention, ...]:
        return tuple(
            mention
            for passage in passages
            for mention in self._reader.read(
                article, passage, [entity for entity in entities if entity.field == passage.field]
            )
        )


def load_extractor(watchlist: Sequence[Actor], *, max_cooccurrences: int = MAX_COOCCURRENCES) -> Extractor:
    """Load the model and vocabulary and compile the watchlist; takes about two seconds."""
    return Extractor(
        load_language_model(),
        NameMatcher(watchlist),
        load_vocabulary(),
        extractor=f"sightline/{version('sightline')}",
        max_cooccurrences=max_cooccurrences,
    )


def _passages(article: IdentifiedArticle) -> list[Passage]:
    fields = ((TextField.TITLE, article.title), (TextField.TEXT, article.text))
    return [read_passage(field, text) for field, text in fields if text]


def _is_english(lang: str | None) -> bool:
    return not lang or lang.replace("_", "-").split("-")[0].lower() == _LANGUAGE
