"""Read who is notified of what: receivers and routes, from YAML; each error names file, line and field."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, model_validator

from schemas import AlertKind
from schemas.base import Duration, Identifier, Message
from services.alerts.notifier.matchers import parse_matcher
from services.core.listing import ListingError, parse_entries, read_text

_GROUP_SAFE = r"^[A-Za-z0-9._-]+$"  # a receiver's id is part of the name of its consumer group


class ReceiverKind(StrEnum):
    """How a receiver is reached; also the metrics' label."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"
    ALERTMANAGER = "alertmanager"


class Start(StrEnum):
    """Where a receiver that has never been told anything begins."""

    END = "end"
    EARLIEST = "earliest"


def _require_matcher(text: str) -> str:
    parse_matcher(text)
    return text


def _require_web_address(url: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(url.get_secret_value())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        msg = "not an address that begins with http:// or https:// and names a host"
        raise ValueError(msg)
    return url


# Addresses are secrets: many hold a token or a password.
WebAddress = Annotated[SecretStr, AfterValidator(_require_web_address)]
MatcherText = Annotated[str, AfterValidator(_require_matcher)]


class _Hidden(Message):
    """What is wrong with it is said without what stands there: it may be a secret."""

    model_config = ConfigDict(hide_input_in_errors=True)


class WebhookTarget(_Hidden):
    """Where signed CloudEvents are sent, and with which secret."""

    url: WebAddress
    secret_file: Path | None = Field(default=None, description="Relative to this file; one secret a line.")
    secret_env: str | None = Field(default=None, description="Name of an environment variable.")
    allow_private: bool = Field(default=False, description="Loopback and private addresses are no mistake.")

    @model_validator(mode="after")
    def _has_one_secret(self) -> Self:
        if (self.secret_file is None) == (self.secret_env is None):
            msg = "needs one of secret_file and secret_env"
            raise ValueError(msg)
        return self


class AlertmanagerTarget(_Hidden):
    """Which Alertmanager is fed."""

    url: WebAddress = Field(description="Without /api/v2/alerts.")
    allow_private: bool = False
    resend_interval: Duration = Field(default=timedelta(minutes=1), description="Open alerts are told again.")
    expires_after: Duration = Field(
        default=timedelta(minutes=10), description="What is not told again for this long, Alertmanager resolves."
    )

    @model_validator(mode="after")
    def _is_told_in_time(self) -> Self:
        if self.resend_interval <= timedelta(0) or self.expires_after < 2 * self.resend_interval:
            msg = "expires_after must be at least twice resend_interval, and both longer than nothing"
            raise ValueError(msg)
        return self


class Receiver(_Hidden):
    """Who is told, how, of which events, and for how long it is tried."""

    id: Identifier = Field(pattern=_GROUP_SAFE, max_length=100)
    apprise: tuple[SecretStr, ...] | None = Field(default=None, min_length=1)
    webhook: WebhookTarget | None = None
    alertmanager: AlertmanagerTarget | None = None
    allow_private: bool = Field(default=False, description="Of `apprise`: as in the other two.")
    events: tuple[AlertKind, ...] = Field(
        default=(AlertKind.OPENED, AlertKind.UPDATED, AlertKind.RESOLVED), min_length=1
    )
    start: Start = Field(default=Start.END, alias="from")
    timeout: Duration = Field(default=timedelta(seconds=20), description="Of one attempt.")
    max_attempts: int = Field(default=12, ge=1)
    max_elapsed: Duration = Field(default=timedelta(hours=1), description="Of all attempts for one event.")

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        given = [kind for kind in ReceiverKind if getattr(self, kind.value) is not None]
        if len(given) != 1:
            msg = f"needs exactly one of {', '.join(ReceiverKind)}"
            raise ValueError(msg)
        if self.alertmanager is not None and not {AlertKind.OPENED, AlertKind.RESOLVED} <= set(self.events):
            msg = "events: an Alertmanager needs opened and resolved, else nothing would ever be cleared"
            raise ValueError(msg)
        if self.allow_private and self.apprise is None:
            msg = f"allow_private: belongs under {self.kind.value}"
            raise ValueError(msg)
        if self.timeout <= timedelta(0):
            msg = "timeout must be longer than nothing"
            raise ValueError(msg)
        return self

    @property
    def kind(self) -> ReceiverKind:
        """How it is reached."""
        return next(kind for kind in ReceiverKind if getattr(self, kind.value) is not None)


class Route(Message):
    """Which alerts go to which receivers."""

    id: Identifier
    matchers: tuple[MatcherText, ...] = Field(default=(), description="All must match; none: every alert.")
    receivers: tuple[Identifier, ...] = Field(min_length=1)
    continue_: bool = Field(default=False, alias="continue", description="Look at the routes below too.")


class NotifyConfig(Message):
    """Receivers and routes as they stand in a file."""

    receivers: tuple[Receiver, ...] = ()
    routes: tuple[Route, ...] = ()


def read_config(path: Path) -> NotifyConfig:
    """Return what the YAML file at `path` says.

    Raises:
        ListingError: The file cannot be read, is no YAML, or an entry is wrong; names file, line and field.
    """
    return parse_config(read_text(path), source=str(path))


def parse_config(text: str, *, source: str) -> NotifyConfig:
    """Return what a YAML text with the keys `receivers` and `routes` says.

    Raises:
        ListingError: As `read_config`.
    """
    receivers = parse_entries(text, "receivers", Receiver, source=source, beside=("routes",))
    routes = parse_entries(text, "routes", Route, source=source, beside=("receivers",))
    known = {receiver.id for _, receiver in receivers}
    for line, route in routes:
        for name in route.receivers:
            if name not in known:
                problem = f"receivers: no receiver `{name}`; there are {', '.join(sorted(known)) or 'none'}"
                raise ListingError(source, problem, line=line)
    return NotifyConfig.model_construct(
        receivers=tuple(receiver for _, receiver in receivers), routes=tuple(route for _, route in routes)
    )
