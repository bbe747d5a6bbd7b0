"""The notifier in a process of its own, with receivers and routes that a test writes."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from schemas import Alert, Notification, Outcome, Topic
from services.core.codec import encode
from tests.integration.running import Installation, Service
from tests.unit.alerts.notifier.examples import SECRET, key_of

COMMAND = ("-m", "services.alerts.notifier")
Config = dict[str, Any]
QUICK = {"RETRY_FIRST_S": "0.2", "RETRY_MAX_S": "0.4"}


def webhook(identity: str, url: str, **fields: object) -> Config:
    """A receiver on loopback that signs with the tests' secret."""
    target = {"url": url, "secret_env": "TEST_SECRET", "allow_private": True}
    return {"id": identity, "webhook": target, "timeout": "5s", **fields}


def config(receivers: list[Config], routes: list[Config] | None = None) -> Config:
    everything = {"id": "everything", "receivers": [receiver["id"] for receiver in receivers]}
    return {"receivers": receivers, "routes": routes or [everything]}


def notifier(
    installation: Installation,
    directory: Path,
    said: Config,
    *,
    log_level: str = "INFO",
    beside: Mapping[str, str] | None = None,
    **settings: str,
) -> Service:
    """Describe a notifier; the file is JSON, which is YAML; `beside` holds settings that are not of the notifier."""
    file = directory / "notify.yaml"
    file.write_text(json.dumps(said))
    environment = {f"SIGHTLINE_NOTIFIER__{name}": value for name, value in {**QUICK, **settings}.items()}
    return Service(
        COMMAND,
        installation,
        directory / "notifier.log",
        SIGHTLINE_NOTIFIER__HTTP__PORT="0",
        SIGHTLINE_NOTIFIER__CONFIG_FILE=str(file),
        SIGHTLINE_LOG__LEVEL=log_level,
        TEST_SECRET=SECRET,
        **environment,
        **(beside or {}),
    )


def publish(installation: Installation, alerts: Iterable[Alert]) -> None:
    installation.produce(Topic.ALERTS, [(key_of(alert), encode(alert)) for alert in alerts])


def told(
    installation: Installation, count: int, where: Callable[[Notification], bool] = lambda _: True
) -> list[Notification]:
    """Return the notifications that are so, oldest first, as soon as there are `count` of them."""

    def read(records: Iterable[Any]) -> list[Notification]:
        found = [Notification.model_validate_json(record.value) for record in records]
        return sorted((each for each in found if where(each)), key=lambda each: (each.at, each.attempt))

    records = installation.read_until(
        Topic.NOTIFICATIONS, lambda records: len(read(records)) >= count, f"{count} of such notifications"
    )
    return read(records)


def is_delivered(notification: Notification) -> bool:
    return notification.outcome is Outcome.DELIVERED


def secret_bytes() -> bytes:
    return base64.b64decode(SECRET.removeprefix("whsec_"))
