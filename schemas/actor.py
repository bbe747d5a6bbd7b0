"""Actors: the known entities that names in the news are linked to."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Identifier, Message, Text

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class ActorType(StrEnum):
    """What kind of thing an actor is."""

    PERSON = "person"
    COMPANY = "company"
    ORGANISATION = "organisation"
    GROUP = "group"
    GOVERNMENT_BODY = "government_body"
    STATE = "state"
    UNION = "union"
    PLACE = "place"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"


class IdNumber(Message):
    """A number by which an authority, register or network knows exactly one actor."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$", max_length=30)] = Field(
        description="`passport`, `national_id`, `tax`, `registration`, `lei`, `swift`, `imo`, `mmsi`, `aircraft` or "
        "`wallet`.",
        examples=["passport"],
    )
    number: Name = Field(examples=["D 0001203"])
    country: str | None = Field(
        default=None, description="Who issued it, ISO 3166-1 alpha-2, lower case.", examples=["af"]
    )


class Actor(Message):
    """A known entity with an id. Only `watched` actors take part in co-occurrences and alerts."""

    id: Identifier = Field(examples=["alexander-lukashenko"])
    name: Name = Field(examples=["Alexander Lukashenko"])
    type: ActorType = Field(examples=["person"])
    watched: bool = Field(
        default=True, description="False: known, so that mentions are linked, but no alerts by itself."
    )
    aliases: tuple[Name, ...] = Field(
        default=(),
        description="Further names, in any script.",
        examples=[["Alyaksandr Lukashenka", "Лукашенко"]],
    )
    weak_aliases: tuple[Name, ...] = Field(
        default=(),
        description="Names that many others share, as the list's authority says: never matched by themselves.",
        examples=[["The Doctor"]],
    )
    acronyms: tuple[Name, ...] = Field(
        default=(), description="Matched only in this exact case: 'US' is never 'us'.", examples=[["EU"]]
    )
    metonyms: tuple[Name, ...] = Field(
        default=(),
        description="Places and buildings that stand for it where it acts.",
        examples=[["Brussels"]],
    )
    demonyms: tuple[Name, ...] = Field(
        default=(), description="Adjectives and people names of a state.", examples=[["Belarusian"]]
    )
    countries: tuple[str, ...] = Field(default=(), description="ISO 3166-1 alpha-2, lower case.", examples=[["by"]])
    tags: tuple[str, ...] = Field(default=(), examples=[["head-of-state"]])
    lists: tuple[str, ...] = Field(default=(), description="Lists that it stands on.", examples=[["ofac-sdn"]])
    programmes: tuple[str, ...] = Field(
        default=(),
        description="Sanctions programmes or regimes, as the list calls them.",
        examples=[["RUSSIA-EO14024"]],
    )
    birth_dates: tuple[str, ...] = Field(
        default=(),
        description="ISO 8601 days, months or years, as exactly as they are known.",
        examples=[["1954-08-30"]],
    )
    id_numbers: tuple[IdNumber, ...] = Field(default=(), description="Of documents and registers.")
    same_as: tuple[Identifier, ...] = Field(
        default=(),
        description="Ids of the entries of other lists that are the same actor: by a number, or by name, birth date "
        "and country together, never by name alone.",
    )
    loaded_as: Identifier | None = Field(
        default=None,
        description="Name under which its list was loaded; the list that is loaded next under it takes its place.",
        examples=["ofac"],
    )
    listed_on: date | None = Field(
        default=None, description="Day on which it was first listed.", examples=["2006-06-20"]
    )
    amended_on: date | None = Field(default=None, description="Day on which its entry last changed.")
    url: Text | None = Field(default=None, description="Where its list tells more.", max_length=4096)
    remarks: Text | None = Field(default=None, description="What its list says beside.")
