"""Find out why the cluster cannot be used, and say in one line what to check."""

import logging
import socket

from kafka import errors as kafka_errors

from services.core.errors import BrokerUnavailable
from services.core.settings import KafkaSettings

_CONNECT_S = 3.0
_REFUSALS = (kafka_errors.SaslAuthenticationFailedError, kafka_errors.UnsupportedSaslMechanismError)
_TLS_FAILED = "[SSL: "  # how Python's ssl module begins its messages


def explain(error: BaseException, kafka: KafkaSettings, *, connecting: bool = False) -> str:
    """Say in one line what went wrong with the cluster and what to check.

    Args:
        error: What the client raised.
        kafka: How the cluster is reached.
        connecting: Whether we had not spoken with it before: then silence has causes that it cannot have later.
    """
    servers = kafka.bootstrap_servers
    told = str(error).partition("\n")[0] or type(error).__name__
    user = f"user {kafka.sasl_username!r} with {kafka.sasl_mechanism}"
    if isinstance(error, _REFUSALS):
        return f"{servers} refused {user}: check SIGHTLINE_KAFKA__SASL_USERNAME, _PASSWORD and _MECHANISM ({told})"
    if isinstance(error, kafka_errors.AuthorizationError):
        return f"{servers} forbids this to {user}: check the ACLs ({told})"
    if _TLS_FAILED in told:
        names = "SIGHTLINE_KAFKA__SECURITY_PROTOCOL, _SSL_CA_FILE and _SSL_CERT_FILE"
        return f"TLS with {servers} failed: check {names} ({told})"
    if isinstance(error, kafka_errors.KafkaTimeoutError) and not connecting:
        return f"{servers} did not answer in time ({told})"
    if connecting and not isinstance(error, kafka_errors.BrokerResponseError):
        protocol = kafka.security_protocol
        refused, names = (
            (f" or refused {user}", "_SASL_* and _SECURITY_PROTOCOL")
            if protocol.has_sasl
            else ("", "_SECURITY_PROTOCOL")
        )
        return (
            f"{servers} takes connections but did not speak {protocol} with us{refused}: "
            f"check the port and SIGHTLINE_KAFKA_{names} ({told})"
        )
    return f"{servers}: {told}"


class ClientFailures(logging.Handler):
    """Keeps why connections failed: the client tells only its log, and its callers no more than that time ran out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._seen: list[BaseException] = []

    @property
    def cause(self) -> BaseException | None:
        """The failure that tells most: a refused password before failed TLS before a closed connection."""
        return max(self._seen, key=_telling, default=None)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exceptions that a log line speaks of."""
        arguments = record.args if isinstance(record.args, tuple) else ()
        self._seen += [argument for argument in arguments if isinstance(argument, BaseException)]


def _telling(error: BaseException) -> int:
    return 2 * isinstance(error, _REFUSALS) + (_TLS_FAILED in str(error))


def require_listener(servers: list[str]) -> None:
    """Check that somebody listens at one of the servers, since Kafka clients say little about why nobody does."""
    problems = []
    for server in servers:
        host, _, port = server.rpartition(":")
        if not host or not port.isdigit():
            problems.append(f"{server} is not host:port")
            continue
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S).close()
        except socket.gaierror:
            problems.append(f"the host of {server} is not known")
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            problems.append(f"nobody answers at {server} ({reason})")
        else:
            return
    msg = f"{'; '.join(problems)}: check SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS and that Kafka runs"
    raise BrokerUnavailable(msg)
