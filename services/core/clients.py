"""Kafka clients made from the settings: one place decides how all of them speak to the cluster."""

import ssl
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaTimeoutError
from kafka.net.compat import KafkaNetClient

from services.core.errors import ConfigurationError
from services.core.settings import KafkaSettings

SESSION_TIMEOUT_MS = 10_000  # a killed worker's partitions stand still this long
HEARTBEAT_INTERVAL_MS = 3_000
_Client = TypeVar("_Client", KafkaAdminClient, KafkaConsumer, KafkaProducer)
_GIVE_UP_S = 2.0  # for its thread to end once a producer has nothing to wait for


class _TlsSocket(ssl.SSLSocket):
    """Closes itself when its handshake fails: kafka-python 3.0.12 leaves that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature of SSLSocket
        """Go on with the handshake; see SSLSocket."""
        try:
            super().do_handshake(block)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except OSError:
            self.close()
            raise


def ssl_context(kafka: KafkaSettings) -> ssl.SSLContext | None:
    """Return the TLS context, or None where the connection is not encrypted.

    Raises:
        ConfigurationError: A certificate or key file cannot be read.
    """
    if not kafka.security_protocol.has_tls:
        return None
    password = kafka.ssl_key_password.get_secret_value() if kafka.ssl_key_password else None
    try:
        context = ssl.create_default_context(cafile=str(kafka.ssl_ca_file) if kafka.ssl_ca_file else None)
        if kafka.ssl_cert_file and kafka.ssl_key_file:
            context.load_cert_chain(kafka.ssl_cert_file, kafka.ssl_key_file, password)
    except OSError as error:  # ssl.SSLError is one
        files = [str(f) for f in (kafka.ssl_ca_file, kafka.ssl_cert_file, kafka.ssl_key_file) if f]
        msg = f"TLS files cannot be read ({', '.join(files)}): {error}"
        raise ConfigurationError(msg) from error
    context.sslsocket_class = _TlsSocket
    context.check_hostname = kafka.ssl_check_hostname
    return context


def connection_options(kafka: KafkaSettings) -> dict[str, Any]:
    """Return the options of kafka-python that say how to reach the cluster."""
    options: dict[str, Any] = {
        "bootstrap_servers": kafka.servers,
        "security_protocol": kafka.security_protocol.value,
        "ssl_context": ssl_context(kafka),
        "ssl_check_hostname": kafka.ssl_check_hostname,
        "reconnect_backoff_max_ms": 5_000,
    }
    if kafka.security_protocol.has_sasl and kafka.sasl_password is not None:
        options |= {
            "sasl_mechanism": kafka.sasl_mechanism.value,
            "sasl_plain_username": kafka.sasl_username,
            "sasl_plain_password": kafka.sasl_password.get_secret_value(),
        }
    return options


def _open(client: Callable[..., _Client], kafka: KafkaSettings, options: Mapping[str, Any]) -> _Client:
    """Make a client, which speaks with the cluster at once; where that fails, close its connections and its thread.

    kafka-python 3.0.12 leaves both behind: three files and a thread for each try.
    """
    opened: list[KafkaNetClient] = []

    def open_net(**configs: Any) -> KafkaNetClient:
        opened.append(KafkaNetClient(**configs))
        return opened[-1]

    try:
        return client(**connection_options(kafka), **options, kafka_client=open_net)
    except BaseException:
        for net in opened:
            net.close()
        raise


def create_producer(kafka: KafkaSettings, **options: Any) -> KafkaProducer:
    """Return a producer that loses and doubles nothing: idempotent, acknowledged by all in-sync replicas."""
    safe: Mapping[str, Any] = {
        "acks": "all",
        # Said aloud: without it, conflicting settings would switch idempotence off with a mere warning.
        "enable_idempotence": True,
        "max_request_size": kafka.max_message_bytes,
        "linger_ms": 5,
        "batch_size": 131_072,
        "allow_auto_create_topics": False,
    }
    return _open(KafkaProducer, kafka, {**safe, **options})


def close_producer(producer: KafkaProducer, *, timeout_s: float) -> None:
    """Close a producer within `timeout_s` and a moment; what is not acknowledged by then is given up.

    kafka-python 3.0.12 closes nothing, and leaves its thread at work, while a record is not acknowledged.
    """
    try:
        producer.close(timeout=timeout_s)
    except KafkaTimeoutError:
        producer._sender.force_close()  # noqa: SLF001 - nothing public fails what waits to be sent
        producer.close(timeout=_GIVE_UP_S)


def create_consumer(kafka: KafkaSettings, **options: Any) -> KafkaConsumer:
    """Return a consumer of committed records that starts at the beginning and never commits by itself."""
    safe: Mapping[str, Any] = {
        "isolation_level": "read_committed",
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "session_timeout_ms": SESSION_TIMEOUT_MS,
        "heartbeat_interval_ms": HEARTBEAT_INTERVAL_MS,
        "allow_auto_create_topics": False,
    }
    return _open(KafkaConsumer, kafka, {**safe, **options})


def create_admin(kafka: KafkaSettings, **options: Any) -> KafkaAdminClient:
    """Return an admin client."""
    return _open(KafkaAdminClient, kafka, options)
