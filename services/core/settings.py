"""Every setting, where it comes from, and its bounds.

Read once, in a service's entry point, from the environment (`SIGHTLINE_…`, sections joined by two underscores:
`SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS`) and from `.env` in the working directory; then passed down.
"""

import json
import os
import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.exceptions import SettingsError

from schemas.base import Duration
from services.core.errors import ConfigurationError
from services.core.sections import HttpSettings, LogSettings, Port, Section, TracingSettings

SECRETS_DIR = "/run/secrets"
_API_KEY = r"[A-Za-z0-9._-]+:sha256:[0-9a-f]{64}"
RUN_NOTE = "run.json"  # in the data directory while `sightline up` runs: {"bootstrap_servers": …, …}


class SecurityProtocol(StrEnum):
    """How to speak to the brokers; the names are Kafka's."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def has_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self in {SecurityProtocol.SSL, SecurityProtocol.SASL_SSL}

    @property
    def has_sasl(self) -> bool:
        """Whether a user name and password are sent."""
        return self in {SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL}


class SaslMechanism(StrEnum):
    """How the password is proven; the names are Kafka's."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class KafkaSettings(Section):
    """The cluster, and the topics on it."""

    bootstrap_servers: str | None = Field(
        default=None,
        description="host:port, several joined by commas. Unset: the broker that `sightline up` started here.",
    )
    security_protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT
    sasl_mechanism: SaslMechanism = SaslMechanism.SCRAM_SHA_512
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_ca_file: Path | None = Field(default=None, description="PEM; unset: the system's authorities.")
    ssl_cert_file: Path | None = Field(default=None, description="PEM; the client's certificate.")
    ssl_key_file: Path | None = Field(default=None, description="PEM; the client's key.")
    ssl_key_password: SecretStr | None = None
    ssl_check_hostname: bool = True
    topic_prefix: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]*$",
        max_length=100,
        description="Put before every topic, group and transaction name: several installations share a cluster.",
    )
    create_topics: bool = Field(default=True, description="False: services wait for topics that somebody else creates.")
    partitions: int = Field(default=4, ge=1, le=10_000, description="Of topics that are created.")
    replication_factor: int = Field(default=-1, ge=-1, description="Of topics that are created; -1: the cluster's own.")
    max_message_bytes: int = Field(default=16_777_216, ge=1024, description="Largest message written or created for.")
    retry_max_s: float = Field(default=30.0, gt=0, description="Longest pause between attempts to reach the cluster.")

    @property
    def servers(self) -> list[str]:
        """The bootstrap servers, each as host:port.

        Raises:
            ConfigurationError: None is set and none runs here.
        """
        if not self.bootstrap_servers:
            msg = (
                "no Kafka cluster: set SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS, or start the local one with `sightline up`; "
                "where that runs in another directory, go there"
            )
            raise ConfigurationError(msg)
        return [server.strip() for server in self.bootstrap_servers.split(",") if server.strip()]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.security_protocol.has_sasl and (self.sasl_username is None or self.sasl_password is None):
            msg = f"security_protocol {self.security_protocol} needs sasl_username and sasl_password"
            raise ValueError(msg)
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            msg = "ssl_cert_file and ssl_key_file are set together"
            raise ValueError(msg)
        return self


class FeedSettings(Section):
    """How feeds are read."""

    urls: Annotated[tuple[str, ...], NoDecode] = Field(default=(), description="Addresses, separated by white space.")
    interval_s: float = Field(default=300.0, ge=1, description="Pause between two readings of one feed.")
    timeout_s: float = Field(default=20.0, gt=0)
    max_bytes: int = Field(default=10_000_000, ge=1024, description="Largest feed or page that is read.")
    host_interval_s: float = Field(default=2.0, ge=0, description="Shortest pause between two requests to one host.")
    max_backoff_s: float = Field(default=3600.0, ge=1, description="Longest pause after failures.")
    fetch_pages: bool = Field(default=False, description="Read the linked page where the feed holds only a summary.")
    private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Hosts, as they stand in addresses with their ports, separated by white space, that may be read "
        "though they are not on the public internet.",
    )
    user_agent: str = "Sightline (+https://github.com/sightline/sightline)"

    @field_validator("urls", "private_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value


class IngestSettings(Section):
    """The ingest service."""

    http: HttpSettings = HttpSettings(port=8080)
    api_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Who may publish over HTTP: name:sha256:hash as `sightline api-key` prints them, joined by spaces. "
        "Neither these nor api_key: everybody.",
    )
    api_key: SecretStr | None = Field(default=None, description="One more key, as it is sent in the X-API-Key header.")
    requests_per_minute: int = Field(
        default=6000, ge=0, description="Of each key, or without keys of each address; 0: any number."
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks, joined by commas, whose X-Forwarded-For names the client; empty: none.",
    )
    max_connections: int = Field(default=500, ge=1, description="Open at once; requests on more are answered 503.")
    header_timeout_s: float = Field(default=10.0, gt=0, description="For the headers of a request to arrive.")
    body_timeout_s: float = Field(default=60.0, gt=0, description="For its body to arrive.")
    max_articles_per_request: int = Field(default=1000, ge=1)
    max_request_bytes: int = Field(default=20_000_000, ge=1024)
    ack_timeout_s: float = Field(default=30.0, gt=0, description="How long a client waits for the broker.")
    feeds: FeedSettings = FeedSettings()

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("api_keys")
    @classmethod
    def _are_hashes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for number, entry in enumerate(value, start=1):
            if not re.fullmatch(_API_KEY, entry):
                msg = f"entry {number} is not name:sha256:hash as `sightline api-key NAME` prints it"
                raise ValueError(msg)
        if len({entry.partition(":")[0] for entry in value}) < len(value):
            msg = "two entries have one name"
            raise ValueError(msg)
        return value


class ProcessorSettings(Section):
    """The stream processor."""

    http: HttpSettings = HttpSettings(port=8081)
    group: str = "sightline-processor"
    max_in_flight: int = Field(default=200, ge=1, description="Articles whose results are not yet acknowledged.")


class AlertsSettings(Section):
    """The alerts service."""

    http: HttpSettings = HttpSettings(port=8082)
    group: str = "sightline-alerts"
    instance: str = Field(default="0", pattern=r"^[A-Za-z0-9._-]+$", description="Unlike in every running instance.")
    batch_size: int = Field(default=500, ge=1, description="Most messages in one transaction.")
    linger_ms: int = Field(
        default=30, ge=0, le=5000, description="How long a message waits for others to share a transaction with."
    )
    transaction_timeout_s: float = Field(
        default=60.0, ge=1, le=80, description="After which the cluster ends the transaction of an instance that died."
    )
    remember: Duration = Field(
        default=timedelta(days=7), description="How long articles and resolved alerts stay known."
    )
    remembered_articles: int = Field(
        default=1000, ge=1, description="Per alert; a repeat of an older one counts again."
    )
    remembered_stories: int = Field(default=100, ge=20, description="Per alert; a copy of an older one is a new story.")
    evidence: int = Field(
        default=20, ge=20, description="Most co-occurrences in one event; what is left out is counted."
    )


class NotifierSettings(Section):
    """The notifier. Who is notified of what stands in its file; see docs/notifications.md."""

    http: HttpSettings = HttpSettings(port=8083)
    group: str = Field(
        default="sightline-notifier", description="Each receiver has a group of its own: this, a hyphen and its id."
    )
    config_file: Path | None = Field(default=None, description="Receivers and routes; unset: nobody is notified.")
    retry_first_s: float = Field(default=1.0, gt=0, description="Longest pause after a first failure; it doubles.")
    retry_max_s: float = Field(default=300.0, gt=0, description="Longest pause between two attempts.")
    retry_after_max_s: float = Field(default=3600.0, gt=0, description="Longest pause that a receiver may ask for.")
    max_answer_bytes: int = Field(default=65_536, ge=1024, description="Of a receiver's answer; the rest is not read.")
    read_back: int = Field(
        default=10_000,
        ge=0,
        description="Last events per partition in which open alerts are looked up when an Alertmanager is fed again.",
    )


class EntitiesIn(StrEnum):
    """In which articles the models look for entities."""

    ALL = "all"
    RELEVANT = "relevant"


class ExtractionSettings(Section):
    """What is read, and who is known."""

    watchlist_file: Path | None = Field(
        default=Path("seeds/watchlist.yaml"),
        description="Who is known to `sightline extract`, and what `sightline up` loads into `watchlist.actors`; "
        "unset: nobody and nothing.",
    )
    entities: EntitiesIn = Field(
        default=EntitiesIn.ALL,
        description="relevant: several times as fast; articles without a watched actor or a word for a sanction get "
        "only the names that the watchlist and the known states give, in all others nothing changes.",
    )
    max_text_bytes: int = Field(default=1_000_000, ge=1, description="Largest text of an article, in UTF-8.")
    min_likelihood: float = Field(
        default=0.5,
        ge=0.0,
        le=1.0,
        description="Least likelihood with which a name of an official list is linked; see docs/watchlists.md.",
    )
    max_cooccurrences: int = Field(default=200, ge=1, description="Per article, nearest first; the rest is counted.")


class LocalSettings(Section):
    """The embedded broker and `sightline up`."""

    data_dir: Path = Path(".sightline")
    cache_dir: Path | None = Field(default=None, description="Jars; unset: sightline in the user's cache directory.")
    broker_port: Port = Field(default=9092, description="Used if it is free, else another; 0: any free port.")
    heap_mb: int = Field(default=512, ge=128, description="The broker's Java heap.")
    rules_file: Path | None = Field(
        default=Path("seeds/rules.yaml"),
        description="Rules that `sightline up` loads if `watchlist.rules` holds none; unset: the default rule.",
    )
    seeds_dir: Path = Field(default=Path("seeds/articles"), description="Articles that `sightline up` publishes.")
    once_timeout_s: float = Field(default=120.0, gt=0, description="How long `sightline up --once` waits for alerts.")
    maven_repository: str = Field(
        default="https://repo1.maven.org/maven2", description="Where the broker's jars come from."
    )


class Settings(BaseSettings):
    """All of them."""

    model_config = SettingsConfigDict(
        env_prefix="SIGHTLINE_",
        env_nested_delimiter="__",
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",  # .env may hold other programs' settings
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read files last, each named like a variable, of the folder where Docker and Kubernetes put secrets."""
        folder = os.environ.get("SIGHTLINE_SECRETS_DIR", SECRETS_DIR)
        files = NestedSecretsSettingsSource(file_secret_settings, folder, secrets_dir_missing="ok")
        return init_settings, env_settings, dotenv_settings, files

    kafka: KafkaSettings = KafkaSettings()
    ingest: IngestSettings = IngestSettings()
    processor: ProcessorSettings = ProcessorSettings()
    alerts: AlertsSettings = AlertsSettings()
    notifier: NotifierSettings = NotifierSettings()
    extraction: ExtractionSettings = ExtractionSettings()
    local: LocalSettings = LocalSettings()
    log: LogSettings = LogSettings()
    tracing: TracingSettings = TracingSettings()


def load_settings(*, find_local: bool = True) -> Settings:
    """Read the settings, and fill in the broker that `sightline up` runs in this directory where no other is named.

    Args:
        find_local: False leaves `kafka.bootstrap_servers` unset when nothing sets it.

    Raises:
        ConfigurationError: Names each setting that cannot be used, and why.
    """
    try:
        settings = Settings()
    except (ValidationError, SettingsError) as error:
        raise ConfigurationError(_explain(error)) from error
    if settings.kafka.bootstrap_servers is not None or not find_local:
        return settings
    servers = find_local_broker(settings.local.data_dir)
    return (
        settings if servers is None else settings.model_copy(update={"kafka": at_local_broker(settings.kafka, servers)})
    )


def at_local_broker(kafka: KafkaSettings, servers: str) -> KafkaSettings:
    """Return the settings for the local broker, which listens on loopback and asks nobody who they are."""
    return kafka.model_copy(update={"bootstrap_servers": servers, "security_protocol": SecurityProtocol.PLAINTEXT})


def find_local_broker(data_dir: Path) -> str | None:
    """Return host:port of the broker that `sightline up` runs with this data directory, if it left its note."""
    try:
        note = json.loads((data_dir / RUN_NOTE).read_text("utf-8"))
        return str(note["bootstrap_servers"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _explain(error: ValidationError | SettingsError) -> str:
    if isinstance(error, SettingsError):
        return f"settings cannot be read: {error}"
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        name = "SIGHTLINE_" + "__".join(str(step) for step in problem["loc"]).upper()
        lines.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
    return "; ".join(lines)
