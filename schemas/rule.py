"""Rules: which co-occurrences are worth an alert, and how that alert lives."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from schemas.actor import ActorType
from schemas.base import Duration, Identifier, Message, Score
from schemas.extraction import Measure, Scope, Status

MAX_ACTORS = 4


class Severity(StrEnum):
    """How urgent an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class ActorSelector(Message):
    """Picks actors: every list that is given must be met, each by any one of its values; no list picks anyone."""

    ids: tuple[str, ...] = Field(default=(), examples=[["alexander-lukashenko"]])
    types: tuple[ActorType, ...] = Field(default=(), examples=[["person"]])
    countries: tuple[str, ...] = Field(
        default=(), description="ISO 3166-1 alpha-2, lower case.", examples=[["ru", "by"]]
    )
    tags: tuple[str, ...] = Field(default=(), examples=[["mercenaries"]])
    lists: tuple[str, ...] = Field(default=(), description="Lists that the actor stands on.", examples=[["ofac-sdn"]])


class SanctionsCondition(Message):
    """Asks for a sanctions mention in the evidence. Every part that is given must be met by the same mention."""

    measures: tuple[Measure, ...] = Field(default=(), examples=[["sanctions", "asset_freeze"]])
    statuses: tuple[Status, ...] = Field(default=(), examples=[["evaded"]])
    senders: tuple[str, ...] = Field(default=(), description="Actor ids; one of them imposes.", examples=[["eu"]])
    targets: tuple[str, ...] = Field(default=(), description="Actor ids; one of them is sanctioned.")
    between_actors: bool = Field(
        default=False, description="One of the alert's actors is the sender, another one the target."
    )
    min_confidence: Score = 0.0


class Weekday(StrEnum):
    """Days of the week."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


def _require_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError, and so no pydantic error
        msg = f"no time zone {name!r}"
        raise ValueError(msg) from error
    except KeyError as error:
        msg = f"no time zone {name!r}; zones are named like Europe/Brussels"
        raise ValueError(msg) from error
    return name


def _read_clock(value: object) -> object:
    """Take what YAML 1.1 makes of 22:00, which is a number to the base 60: 1320, the minutes of the day."""
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value < 24 * 60:
            return time(value // 60, value % 60)
        msg = "not a time of day such as 22:00"
        raise ValueError(msg)
    return value


ClockTime = Annotated[
    time,
    BeforeValidator(_read_clock),
    PlainSerializer(lambda clock: clock.isoformat("minutes"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$", "examples": ["22:00"]}),
]


class MuteTime(Message):
    """When a rule's alerts notify nobody. The alerts themselves go on; what was muted is not sent later."""

    days: tuple[Weekday, ...] = Field(default=tuple(Weekday), min_length=1, examples=[["sat", "sun"]])
    start: ClockTime = Field(default=time(0), description="On each of the days.")
    end: ClockTime = Field(default=time(0), description="Not later than `start`: on the next day.")
    timezone: Annotated[str, AfterValidator(_require_zone)] = Field(default="UTC", examples=["Europe/Brussels"])


class Rule(Message):
    """Which co-occurrences raise an alert, how urgent it is, and how it lives.

    The actors of an alert are as many as `all_of` has selectors, and at least two.
    """

    id: Identifier = Field(pattern=r"^[^|]+$", examples=["same-sentence"])
    name: str = Field(min_length=1, examples=["Two watched actors in one sentence"])
    severity: Severity = Severity.INFO
    labels: dict[str, str] = Field(
        default_factory=dict, description="For routes and silences.", examples=[{"desk": "sanctions"}]
    )
    scope: Scope = Field(default=Scope.SENTENCE, description="The widest scope that counts.")
    all_of: tuple[ActorSelector, ...] = Field(
        default=(), max_length=MAX_ACTORS, description="Each is met by an actor of its own. None: any two actors."
    )
    any_of: tuple[ActorSelector, ...] = Field(
        default=(), description="At least one of the actors meets at least one of these."
    )
    none_of: tuple[ActorSelector, ...] = Field(default=(), description="None of the actors meets any of these.")
    sanctions: SanctionsCondition | None = None
    min_score: Score = Field(default=0.0, description="Lowest link score of every actor that counts.")
    min_stories: int = Field(
        default=1, ge=1, le=20, description="So many different stories open the alert; copies of one are one story."
    )
    min_sources: int = Field(
        default=1, ge=1, le=20, description="So many independent sources open it; who copies a story is none."
    )
    window: Duration | None = Field(
        default=None,
        description="Stories and sources count together when they lie this close in event time. "
        "None: all of the alert's.",
    )
    group_interval: Duration = Field(
        default=timedelta(minutes=5), description="Told at once, then at most this often, with all that came meanwhile."
    )
    repeat_interval: Duration | None = Field(
        default=None, description="An open alert without news is told again after this long. None: never."
    )
    resolve_after: Duration = Field(
        default=timedelta(hours=24), description="Quiet for this long in event time, the alert is resolved."
    )
    mute: tuple[MuteTime, ...] = Field(default=(), description="When nobody is notified.")

    @model_validator(mode="after")
    def _can_repeat_and_resolve(self) -> Self:
        for name in ("repeat_interval", "resolve_after", "window"):
            value = getattr(self, name)
            if value is not None and value <= timedelta(0):
                msg = f"{name} must be longer than nothing"
                raise ValueError(msg)
        return self


DEFAULT_RULE = Rule(id="same-sentence", name="Two watched actors in one sentence")
