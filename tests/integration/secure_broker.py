"""A real broker that asks who is there: SASL/SCRAM over TLS, SASL/PLAIN, and TLS with client certificates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pydantic import SecretStr

from services.core.settings import KafkaSettings
from services.local.broker import EmbeddedBroker
from services.local.broker_files import Listener
from services.local.java import java_executable

USER = "sightline"
PASSWORD = "correct-horse-battery"
_SCRAM, _PLAIN, _TLS = "SCRAM", "PLAIN", "MUTUAL"
_MODULES = "org.apache.kafka.common.security"
# Nobody may do anything that no ACL allows, but for the plaintext listener, which asks nobody who they are.
AUTHORIZER = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
}


@dataclass(frozen=True, slots=True)
class SecureBroker:
    """Settings for each way in; each is right, and a test may spoil one of them. `scram_as` takes a user's name."""

    plaintext: KafkaSettings
    scram_over_tls: KafkaSettings
    plain: KafkaSettings
    client_certificate: KafkaSettings
    scram_as: Callable[[str], KafkaSettings]


@contextmanager
def run_secure_broker(
    jars: Sequence[Path],
    directory: Path,
    *,
    users: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
) -> Iterator[SecureBroker]:
    """Run a broker with three more listeners, each of which lets only us in; that with SCRAM also more users."""
    ca = trustme.CA()
    for name in ("server", "client"):
        certificate = ca.issue_cert("127.0.0.1", "localhost", common_name=name)
        (directory / f"{name}.pem").write_bytes(_as_pkcs8(certificate))
    ca.cert_pem.write_to_path(directory / "ca.pem")
    passwords = {USER: PASSWORD, **(users or {})}
    listeners = (Listener(_SCRAM, "SASL_SSL"), Listener(_PLAIN, "SASL_PLAINTEXT"), Listener(_TLS, "SSL"))
    broker = EmbeddedBroker(
        jars,
        java_executable(),
        directory / "broker",
        listeners=listeners,
        properties={**_properties(directory), **(properties or {})},
        scram_users=passwords,
    )
    password = {"sasl_username": USER, "sasl_password": PASSWORD}
    tls = {"ssl_ca_file": directory / "ca.pem"}

    def scram_as(user: str) -> KafkaSettings:
        known = {"sasl_username": user, "sasl_password": passwords[user]}
        return _settings(broker, _SCRAM, "SASL_SSL", sasl_mechanism="SCRAM-SHA-512", **known, **tls)

    pem = directory / "client.pem"
    with broker:
        yield SecureBroker(
            plaintext=KafkaSettings(bootstrap_servers=broker.bootstrap_servers),
            scram_over_tls=scram_as(USER),
            plain=_settings(broker, _PLAIN, "SASL_PLAINTEXT", sasl_mechanism="PLAIN", **password),
            client_certificate=_settings(broker, _TLS, "SSL", ssl_cert_file=pem, ssl_key_file=pem, **tls),
            scram_as=scram_as,
        )


def as_environment(kafka: KafkaSettings) -> dict[str, str]:
    """Return the settings as a service finds them in its environment."""
    given = {name: value for name, value in kafka if name in kafka.model_fields_set and value is not None}
    return {
        f"SIGHTLINE_KAFKA__{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in given.items()
    }


def _as_pkcs8(certificate: trustme.LeafCert) -> bytes:
    """Return key and certificates as PEM with the key in the one form that Java reads."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), password=None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return b"".join([pkcs8, *(pem.bytes() for pem in certificate.cert_chain_pems)])


def _settings(broker: EmbeddedBroker, listener: str, protocol: str, **settings: object) -> KafkaSettings:
    return KafkaSettings.model_validate(
        {"bootstrap_servers": broker.address(listener), "security_protocol": protocol, **settings}
    )


def _properties(directory: Path) -> dict[str, str]:
    scram, plain, tls = (f"listener.name.{name.lower()}." for name in (_SCRAM, _PLAIN, _TLS))
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(directory / "server.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(directory / "ca.pem"),
        "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
        f"{scram}sasl.enabled.mechanisms": "SCRAM-SHA-512",
        f"{scram}scram-sha-512.sasl.jaas.config": f"{_MODULES}.scram.ScramLoginModule required;",
        f"{plain}sasl.enabled.mechanisms": "PLAIN",
        f"{plain}plain.sasl.jaas.config": f'{_MODULES}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
        f"{tls}ssl.client.auth": "required",
    }
