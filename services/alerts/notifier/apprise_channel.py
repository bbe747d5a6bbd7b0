"""Send events as messages for people, through every service that Apprise knows."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import apprise

from schemas import Alert, AlertKind, Severity
from services.alerts.notifier.channel import Event, Refused, TryAgain, secrets_in, without_secrets
from services.alerts.notifier.confinement import confined
from services.alerts.notifier.messages import body_of, title_of

_TYPES = {
    Severity.INFO: apprise.NotifyType.INFO,
    Severity.WARNING: apprise.NotifyType.WARNING,
    Severity.CRITICAL: apprise.NotifyType.FAILURE,
}
_LOGGER = "apprise"
_NOT_PUBLIC = "an address that is not public; set allow_private if that is meant"


def instantiate(url: str) -> Any:  # Any: Apprise has no types
    """Return the service behind an address, or None if Apprise knows none."""
    return apprise.Apprise.instantiate(url, suppress_exceptions=True)


def keep_secrets_out_of_logs() -> None:
    """Keep libraries that log addresses, and so passwords and tokens, from our log, at whatever level it is.

    What matters of what they say stands in notifications, with secrets blacked out.
    """
    logging.getLogger(_LOGGER).propagate = False
    for name in ("httpx", "httpcore", "requests", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)


class AppriseChannel:
    """Sends to each address; after a failure only to those that have not had the event."""

    def __init__(self, urls: Sequence[str], *, allow_private: bool) -> None:
        """Read the addresses.

        Args:
            urls: Addresses as Apprise writes them.
            allow_private: Connections to loopback and private addresses are allowed.

        Raises:
            ValueError: Apprise knows no service for one of them; says which, without it.
        """
        self._services = []
        for number, url in enumerate(urls):
            service = instantiate(url)
            if service is None:
                msg = f"apprise.{number}: not an address that Apprise knows how to use"
                raise ValueError(msg)
            self._services.append((url.partition(":")[0], service))
        self._allow_private = allow_private
        self._secrets = frozenset().union(*(secrets_in(url) for url in urls))
        self._event_id = ""
        self._reached: set[int] = set()

    def deliver(self, event: Event) -> str:
        """Send an event; see `Channel`.

        Apprise tells no failure that passes from one that lasts; that an address is not allowed, we know.
        """
        if event.alert.id != self._event_id:
            self._event_id, self._reached = event.alert.id, set()
        failed, is_final = [], True
        for number, (schema, service) in enumerate(self._services):
            if number in self._reached:
                continue
            problem = self._send(service, event.alert)
            if problem is None:
                self._reached.add(number)
            else:
                failed.append(f"{schema}: {problem}")
                is_final = is_final and problem == _NOT_PUBLIC
        if failed:
            told = "; ".join(failed)
            raise Refused(told) if is_final else TryAgain(told)
        return f"sent by {', '.join(schema for schema, _ in self._services)}"

    def close(self) -> None:
        """Nothing is held open."""

    def _send(self, service: Any, alert: Alert) -> str | None:
        """Return what went wrong, or None."""
        bounds: AbstractContextManager[list[str]] = nullcontext([]) if self._allow_private else confined()
        sent, failure = False, ""
        with _listening() as said, bounds as refused:
            try:
                sent = service.notify(
                    title=title_of(alert),
                    body=body_of(alert),
                    notify_type=_type_of(alert),
                    body_format=apprise.NotifyFormat.TEXT,
                )
            except Exception as error:  # noqa: BLE001 - whatever one of a hundred services raises concerns it alone
                failure = type(error).__name__
        if sent:
            return None
        if refused:
            return _NOT_PUBLIC
        return without_secrets(" ".join([*said, failure]), self._secrets) or "failed"


def _type_of(alert: Alert) -> Any:  # Any: Apprise has no types
    return apprise.NotifyType.SUCCESS if alert.kind is AlertKind.RESOLVED else _TYPES[alert.severity]


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what Apprise logs in this thread: the only place where it says what went wrong."""
    said: list[str] = []
    thread = threading.get_ident()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                said.append(record.getMessage())

    logger, ear = logging.getLogger(_LOGGER), Ear(logging.WARNING)
    logger.addHandler(ear)
    try:
        yield said
    finally:
        logger.removeHandler(ear)
