"""What extraction says of an article: entities, sanctions mentions, co-occurrences."""

from enum import StrEnum

from pydantic import Field

from schemas.actor import ActorType
from schemas.article import ArticleRef, IdentifiedArticle
from schemas.base import Identifier, Message, Score
from schemas.span import Party, Span


class EntityLabel(StrEnum):
    """Kinds of entity; the names are those of OntoNotes."""

    PERSON = "PERSON"
    ORG = "ORG"
    GPE = "GPE"
    LOC = "LOC"
    FAC = "FAC"
    NORP = "NORP"


class LinkMethod(StrEnum):
    """How a span came to be linked to an actor; `model` marks an entity that only the model found.

    `variant`: a name or alias in another form or spelling than the watchlist has it. `weak_alias`: one that many others
    share, where its setting speaks for the actor.
    """

    MODEL = "model"
    NAME = "name"
    ALIAS = "alias"
    VARIANT = "variant"
    WEAK_ALIAS = "weak_alias"
    ACRONYM = "acronym"
    METONYM = "metonym"
    DEMONYM = "demonym"
    SURNAME = "surname"


class Entity(Span):
    """A person, organisation or place found in the article, linked to an actor where one is known."""

    label: EntityLabel = Field(examples=["PERSON"])
    actor_id: str | None = Field(default=None, examples=["alexander-lukashenko"])
    name: str | None = Field(default=None, description="The actor's name.", examples=["Alexander Lukashenko"])
    method: LinkMethod = Field(examples=["surname"])
    score: Score = Field(description="How sure the link is (of the span itself, without a link).", examples=[0.95])


class Measure(StrEnum):
    """What is imposed. Data files map words to these."""

    SANCTIONS = "sanctions"
    ASSET_FREEZE = "asset_freeze"
    TRAVEL_BAN = "travel_ban"
    EMBARGO = "embargo"
    EXPORT_CONTROL = "export_control"
    IMPORT_BAN = "import_ban"
    TARIFF = "tariff"
    DESIGNATION = "designation"
    PRICE_CAP = "price_cap"
    OTHER = "other"


class Status(StrEnum):
    """Where the measure stands, as the article tells it."""

    IMPOSED = "imposed"
    PROPOSED = "proposed"
    MAINTAINED = "maintained"
    LIFTED = "lifted"
    OPPOSED = "opposed"
    EVADED = "evaded"


class SanctionsMention(Message):
    """Who sanctions whom with what, where that stands, and the sentence that says so."""

    id: Identifier = Field(description="Derived from the article id and what the mention says.")
    article: ArticleRef
    measure: Measure = Field(examples=["sanctions"])
    status: Status = Field(examples=["imposed"])
    negated: bool = Field(default=False, description="The sentence denies it: 'has not imposed'.")
    senders: tuple[Party, ...] = Field(
        default=(), description="Who imposes, as named in the text; empty when not stated."
    )
    targets: tuple[Party, ...] = Field(default=(), description="Who is sanctioned.")
    parties: tuple[Party, ...] = Field(
        default=(), description="Who proposes, opposes or evades, when that is not the sender."
    )
    trigger: Span = Field(description="The words that name the measure.")
    evidence: Span = Field(description="The sentence.")
    reason: Span | None = Field(default=None, description="The stated reason, if any.")
    confidence: Score = Field(examples=[0.9])
    watchlist_version: str | None = Field(default=None, description="Digest of the watchlist that was in force.")


class Scope(StrEnum):
    """How close two actors stand, closest first."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    ARTICLE = "article"

    @property
    def width(self) -> int:
        """Rank of the scope: 0 is the closest."""
        return _WIDTHS[self]


_WIDTHS = {scope: width for width, scope in enumerate(Scope)}


class ActorMention(Span):
    """Where and how the article names a watched actor, with what rules ask about the actor."""

    actor_id: Identifier = Field(examples=["alexander-lukashenko"])
    name: str = Field(examples=["Alexander Lukashenko"])
    type: ActorType = Field(examples=["person"])
    countries: tuple[str, ...] = Field(default=(), examples=[["by"]])
    tags: tuple[str, ...] = Field(default=(), examples=[["head-of-state"]])
    lists: tuple[str, ...] = Field(default=(), description="Lists that the actor stands on.")
    method: LinkMethod = Field(examples=["surname"])
    score: Score = Field(examples=[0.95])


class NearbyActor(ActorMention):
    """A third watched actor of the article, and how close all three stand."""

    scope: Scope = Field(description="The closest in which the three stand together.")
    place: int = Field(
        ge=0,
        description="Where that sentence or paragraph begins in its field: others at the same place stand together "
        "with this one too.",
    )


class CoOccurrence(Message):
    """Two watched actors in one article, at the place where they stand closest."""

    id: Identifier = Field(description="Derived from the article id and the actor ids.")
    article: ArticleRef
    actors: tuple[ActorMention, ActorMention] = Field(description="Sorted by actor id; the closest mentions.")
    scope: Scope = Field(examples=["sentence"])
    distance: int | None = Field(
        ge=0,
        description="Code points between the two mentions; null when they stand in different fields.",
        examples=[96],
    )
    evidence: tuple[Span, ...] = Field(
        min_length=1, max_length=2, description="The sentence that holds both, or the two that hold one each."
    )
    sanctions: tuple[SanctionsMention, ...] = Field(
        default=(), description="The sanctions mentions whose evidence is this evidence."
    )
    fingerprint: str | None = Field(
        default=None,
        description=(
            "Of the article's text, by which near duplicates are known: 256 hexadecimal digits. The share of digits "
            "that two of them have equal estimates how much of the wording is the same, once the sixteenth that is "
            "equal by chance is taken off. Null where the text holds no word, and in messages older than this field."
        ),
        examples=["0f" * 128],
    )
    others: tuple[NearbyActor, ...] = Field(
        default=(), description="Further watched actors of the article, closest first; at most 16."
    )
    extractor: str = Field(description="Name and version of what extracted it.", examples=["sightline/0.1.0"])
    watchlist_version: str | None = Field(default=None, description="Digest of the watchlist that was in force.")


class EnrichedArticle(Message):
    """An article and everything extraction found in it."""

    article: IdentifiedArticle
    entities: tuple[Entity, ...] = Field(default=(), description="Sorted by field, title first, then by start.")
    sanctions: tuple[SanctionsMention, ...] = ()
    sentences_unread: int = Field(
        default=0,
        ge=0,
        description=(
            "Sentences that may hold a sanctions mention and were not read to their end, as the bounds of 2,000 "
            "triggers an article and 16 a sentence were reached; no text that people write reaches them."
        ),
    )
    cooccurrences: tuple[CoOccurrence, ...] = Field(default=(), description="Nearest first.")
    cooccurrences_left_out: int = Field(
        default=0,
        ge=0,
        description="Pairs beyond the bound on co-occurrences per article; the nearest are kept.",
    )
    extractor: str = Field(examples=["sightline/0.1.0"])
    watchlist_version: str | None = Field(default=None, description="Digest of the watchlist that was in force.")
