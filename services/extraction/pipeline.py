"""The whole of extraction in one place: an article in, everything found in it out."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from schemas import Actor, ArticleRef, EnrichedArticle, Entity, IdentifiedArticle, TextField
from services.extraction.cooccurrences import MAX_COOCCURRENCES, find_cooccurrences
from services.extraction.entities import find_entities
from services.extraction.language import LanguageModel, load_language_model
from services.extraction.passages import Passage, read_passage
from services.extraction.sanctions.knowledge import Knowledge, load_knowledge
from services.extraction.sanctions.mentions import Found, SanctionsReader
from services.extraction.sanctions.reading import Reading
from services.extraction.sifting import THRESHOLD, sift
from services.extraction.spotting import Spotted, spot
from services.watchlist.matcher import NameMatch
from services.watchlist.roster import Roster

_LANGUAGE = "en"


class Extractor:
    """Reads articles. Holds only what is loaded once; the same article always gives the same result."""

    def __init__(  # noqa: PLR0913 - the parts, and how they are to be used
        self,
        model: LanguageModel,
        roster: Roster,
        knowledge: Knowledge,
        *,
        extractor: str,
        only_relevant: bool = False,
        max_cooccurrences: int = MAX_COOCCURRENCES,
        min_likelihood: float = THRESHOLD,
    ) -> None:
        """Put an extractor together.

        Args:
            model: Recognises entities and parses sentences of English articles.
            roster: Finds the names of the watchlist. It may be changed between two articles.
            knowledge: What sanctions mentions are read with.
            extractor: Name and version, as written into every result.
            only_relevant: Whether the models pass over articles that neither name a watched actor nor hold a word that
                could name a sanction. Such an article gets only the entities that the matcher finds; it has no
                sanctions mention to lose, and no two watched actors. Any other is read as ever.
            max_cooccurrences: Most co-occurrences per article; the nearest are kept, the rest are counted.
            min_likelihood: Of a name of an official list being its bearer's, for it to be linked.
        """
        self._model = model
        self.roster = roster
        self._knowledge = knowledge
        self.reader = SanctionsReader(model, knowledge, roster.actors)
        self._extractor = extractor
        self._only_relevant = only_relevant
        self._max_cooccurrences = max_cooccurrences
        self._min_likelihood = min_likelihood

    def with_watchlist(self, watchlist: Sequence[Actor]) -> "Extractor":
        """Return an extractor for another watchlist that shares the loaded model."""
        return Extractor(
            self._model,
            Roster(watchlist),
            self._knowledge,
            extractor=self._extractor,
            only_relevant=self._only_relevant,
            max_cooccurrences=self._max_cooccurrences,
            min_likelihood=self._min_likelihood,
        )

    def extract(self, article: IdentifiedArticle) -> EnrichedArticle:
        """Return everything found in an article.

        An article in another language than English has its known names found, and nothing that needs the model; one
        that does not say its language is read as English.
        """
        ref = ArticleRef.model_validate(article.model_dump())
        passages = _passages(article)
        names = [self.roster.match(passage.text) for passage in passages]
        read = _is_english(article.lang) and self._is_worth_reading(passages, names)
        spotted = [spot(passage, self._model) if read else [] for passage in passages]
        entities = find_entities(passages, self._sift(passages, names, spotted), spotted)
        found = self._sanctions(ref, passages, entities) if read else []
        listed_as = {"watchlist_version": self.roster.version}
        sanctions = tuple(mention.model_copy(update=listed_as) for field in found for mention in field.mentions)
        cooccurrences, left_out = find_cooccurrences(
            ref,
            passages,
            entities,
            sanctions,
            self.roster.actors,
            extractor=self._extractor,
            watchlist_version=self.roster.version,
            limit=self._max_cooccurrences,
        )
        return EnrichedArticle(
            article=article,
            entities=entities,
            sanctions=sanctions,
            sentences_unread=sum(field.unread for field in found),
            cooccurrences=cooccurrences,
            cooccurrences_left_out=left_out,
            extractor=self._extractor,
            watchlist_version=self.roster.version,
        )

    def readings(self, article: IdentifiedArticle) -> Iterator[Reading]:
        """Yield what the rules read of every trigger of an English article, before it is judged."""
        passages = _passages(article)
        names = [self.roster.match(passage.text) for passage in passages]
        spotted = [spot(passage, self._model) for passage in passages]
        entities = find_entities(passages, self._sift(passages, names, spotted), spotted)
        for passage in passages:
            yield from self.reader.readings(passage, [entity for entity in entities if entity.field == passage.field])

    def _sift(
        self,
        passages: Sequence[Passage],
        names: Sequence[Sequence[NameMatch]],
        spotted: Sequence[Sequence[Spotted]],
    ) -> list[list[NameMatch]]:
        return sift(passages, names, spotted, threshold=self._min_likelihood, canonical=self.roster.canonical)

    def _is_worth_reading(self, passages: Sequence[Passage], names: Sequence[Sequence[NameMatch]]) -> bool:
        """Whether the models are to run: always, unless only relevant articles are wanted and this is none."""
        return (
            not self._only_relevant
            or any(name.actor.watched for matches in names for match in matches for name in match.names)
            or any(self._may_hold_trigger(passage) for passage in passages)
        )

    def _may_hold_trigger(self, passage: Passage) -> bool:
        """Whether a sentence would be parsed; most fields are settled by one look at the whole."""
        may_hold = self._knowledge.vocabulary.may_hold_trigger
        return may_hold(passage.clean) and any(may_hold(passage.clean[s.start : s.end]) for s in passage.sentences)

    def _sanctions(self, article: ArticleRef, passages: Sequence[Passage], entities: Sequence[Entity]) -> list[Found]:
        return [
            self.reader.read(article, passage, [entity for entity in entities if entity.field == passage.field])
            for passage in passages
        ]


def load_extractor(
    watchlist: Sequence[Actor] = (),
    *,
    only_relevant: bool = False,
    max_cooccurrences: int = MAX_COOCCURRENCES,
    min_likelihood: float = THRESHOLD,
) -> Extractor:
    """Load the model and vocabulary and compile the watchlist; takes about two seconds."""
    return Extractor(
        load_language_model(),
        Roster(watchlist),
        load_knowledge(),
        extractor=f"sightline/{version('sightline')}",
        only_relevant=only_relevant,
        max_cooccurrences=max_cooccurrences,
        min_likelihood=min_likelihood,
    )


def _passages(article: IdentifiedArticle) -> list[Passage]:
    fields = ((TextField.TITLE, article.title), (TextField.TEXT, article.text))
    return [read_passage(field, text) for field, text in fields if text]


def _is_english(lang: str | None) -> bool:
    return not lang or lang.replace("_", "-").split("-")[0].lower() == _LANGUAGE
