"""Settings that every service has: where it answers, how it logs, whom it tells of traces."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

Port = Annotated[int, Field(ge=0, le=65535)]


class Section(BaseModel):
    """A group of settings. A name that does not exist is an error, not a setting that silently does nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(Section):
    """Where a service answers /metrics, /healthz and /readyz (and ingest its API)."""

    host: str = "127.0.0.1"
    port: Port = Field(default=0, description="0: any free port; the log names it.")


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    TEXT = "text"


class LogSettings(Section):
    """Logs go to standard error."""

    level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
    format: LogFormat = LogFormat.TEXT


class TracingSettings(Section):
    """Spans of each article's way; see docs/tracing.md."""

    endpoint: str | None = Field(
        default=None,
        description="Address of an OpenTelemetry collector that takes OTLP over HTTP, such as http://collector:4318; "
        "unset: no spans are exported. Needs sightline[tracing].",
    )

    @field_validator("endpoint")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.hostname:
            msg = "not an address such as http://collector:4318"
            raise ValueError(msg)
        if address.username or address.password or address.query or address.fragment:
            msg = "holds more than an address; credentials belong in OTEL_EXPORTER_OTLP_HEADERS"
            raise ValueError(msg)
        return value.rstrip("/")
