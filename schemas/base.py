"""What every message shares: frozen, unknown fields ignored on reading, aware UTC times, text that is valid Unicode."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Message(BaseModel):
    """A value that crosses a topic.

    Readers ignore fields they do not know, so that a newer writer never breaks an older reader. The JSON Schema that
    is generated from a message is closed (`additionalProperties: false`): writers add nothing that is not published.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        # Shown under "serialization": writers are held to the closed schema by the contract tests.
        json_schema_serialization_defaults_required=True,
    )


def as_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; a time without a zone is taken to be UTC.

    Raises:
        ValueError: In UTC the moment falls outside the years 1 to 9999.
    """
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        msg = "the time falls outside the years 1 to 9999 in UTC"
        raise ValueError(msg) from error


def require_iso_8601(value: object) -> object:
    """Refuse numbers: an epoch in seconds and one in milliseconds cannot be told apart.

    Raises:
        ValueError: Not a datetime and not a string that starts with a date.
    """
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    msg = "not an ISO 8601 time such as 2023-02-28T09:00:00Z"
    raise ValueError(msg)


def require_encodable(text: str) -> str:
    """Refuse lone surrogates: they are no Unicode text and cannot be written as UTF-8.

    Raises:
        ValueError: Names the position of the first one.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        msg = f"a lone surrogate at index {error.start}"
        raise ValueError(msg) from error
    return text


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN_OF_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")


def read_duration(value: object) -> object:
    """Take what people write, such as `90s`, `5m`, `24h`, `7d` or `1h 30m`, besides ISO 8601 (`PT5M`).

    Raises:
        ValueError: A number without a unit: seconds and minutes cannot be told apart.
    """
    if isinstance(value, bool | int | float):
        msg = "needs a unit, such as 5m or 24h"
        raise ValueError(msg)  # noqa: TRY004 - pydantic reports value errors with their field
    if isinstance(value, str):
        parts = _SPAN_OF_TIME.findall(value)
        if parts and not _SPAN_OF_TIME.sub("", value).strip():
            return sum((timedelta(**{_UNITS[unit]: float(count)}) for count, unit in parts), timedelta())
    return value


Moment = Annotated[datetime, BeforeValidator(require_iso_8601), AfterValidator(as_utc)]
Text = Annotated[str, AfterValidator(require_encodable)]
Offset = Annotated[int, Field(ge=0, description="Index of a Unicode code point in the named field.")]
Score = Annotated[float, Field(ge=0.0, le=1.0)]
Identifier = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(require_encodable)]
Duration = Annotated[timedelta, BeforeValidator(read_duration), Field(ge=timedelta(0), examples=["24h", "PT24H"])]
