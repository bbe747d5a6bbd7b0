"""Make the way to each receiver from its configuration."""

from collections.abc import Mapping
from pathlib import Path

from services.alerts.notifier.alertmanager import API_PATH, AlertmanagerChannel
from services.alerts.notifier.apprise_channel import AppriseChannel
from services.alerts.notifier.channel import Channel
from services.alerts.notifier.config import AlertmanagerTarget, NotifyConfig, Receiver, WebhookTarget
from services.alerts.notifier.http_channel import HttpSender
from services.alerts.notifier.signing import parse_secrets
from services.alerts.notifier.webhook import WebhookChannel
from services.core.errors import ConfigurationError


def create_channels(
    config: NotifyConfig, *, folder: Path, environment: Mapping[str, str], max_answer_bytes: int
) -> dict[str, Channel]:
    """Return the way to each receiver, by its id. Nothing is connected yet.

    Args:
        config: Receivers.
        folder: What the files that it names are relative to.
        environment: Where the variables that it names are looked up.
        max_answer_bytes: So much is read of an answer.

    Raises:
        ConfigurationError: Names the receiver and what is wrong, without any secret.
    """
    return {receiver.id: _create(receiver, folder, environment, max_answer_bytes) for receiver in config.receivers}


def _create(receiver: Receiver, folder: Path, environment: Mapping[str, str], max_answer_bytes: int) -> Channel:
    timeout_s = receiver.timeout.total_seconds()
    if receiver.webhook is not None:
        target: WebhookTarget | AlertmanagerTarget = receiver.webhook
        told = _read_secret(receiver, receiver.webhook, folder, environment)
        try:
            secrets = parse_secrets(told)
        except ValueError as error:
            msg = f"receiver {receiver.id}: the secret {error}"
            raise ConfigurationError(msg) from None
        hidden = frozenset(line.strip() for line in told.splitlines() if line.strip())
    elif receiver.alertmanager is not None:
        target, secrets, hidden = receiver.alertmanager, (), frozenset()
    else:
        urls = [url.get_secret_value() for url in receiver.apprise or ()]
        try:
            return AppriseChannel(urls, allow_private=receiver.allow_private)
        except ValueError as error:
            msg = f"receiver {receiver.id}: {error}"
            raise ConfigurationError(msg) from None
    url = target.url.get_secret_value()
    sender = HttpSender(
        url.rstrip("/") + API_PATH if isinstance(target, AlertmanagerTarget) else url,
        timeout_s=timeout_s,
        allow_private=target.allow_private,
        max_answer_bytes=max_answer_bytes,
        secrets=hidden,
    )
    if isinstance(target, AlertmanagerTarget):
        return AlertmanagerChannel(sender, resend_interval=target.resend_interval, expires_after=target.expires_after)
    return WebhookChannel(sender, secrets)


def _read_secret(receiver: Receiver, target: WebhookTarget, folder: Path, environment: Mapping[str, str]) -> str:
    if target.secret_env is not None:
        if target.secret_env not in environment:
            msg = f"receiver {receiver.id}: webhook.secret_env: {target.secret_env} is not set"
            raise ConfigurationError(msg)
        return environment[target.secret_env]
    path = folder / (target.secret_file or "")
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or "it is not UTF-8"
        msg = f"receiver {receiver.id}: webhook.secret_file: {path} cannot be read ({problem})"
        raise ConfigurationError(msg) from None
