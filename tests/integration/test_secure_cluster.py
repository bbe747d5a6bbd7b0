"""The settings reach a cluster that asks for passwords and certificates, and say what to check when they do not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from services.core.cluster import create_topics, require_cluster
from services.core.errors import BrokerUnavailable
from services.core.settings import KafkaSettings, SaslMechanism, SecurityProtocol
from services.local.broker import EmbeddedBroker
from services.local.broker_files import Listener
from services.local.java import java_executable

JAAS = "org.apache.kafka.common.security"
PASSWORD = SecretStr("wonderland")


class Certificates(Protocol):
    authority: Path
    broker: Path
    client_certificate: Path
    client_key: Path


@pytest.fixture(scope="module")
def secure(
    jars: tuple[Path, ...], certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedBroker]:
    """A broker with a listener for each way in: SCRAM with and without TLS, PLAIN, mutual TLS."""
    properties = {
        "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.broker),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.authority),
        "listener.name.mutual.ssl.client.auth": "required",
    }
    for listener in ("scram", "scramtls", "plaintls"):
        properties[f"listener.name.{listener}.scram-sha-512.sasl.jaas.config"] = (
            f"{JAAS}.scram.ScramLoginModule required;"
        )
        properties[f"listener.name.{listener}.plain.sasl.jaas.config"] = (
            f'{JAAS}.plain.PlainLoginModule required user_alice="{PASSWORD.get_secret_value()}";'
        )
    listeners = [
        Listener("SCRAM", "SASL_PLAINTEXT"),
        Listener("SCRAMTLS", "SASL_SSL"),
        Listener("PLAINTLS", "SASL_SSL"),
        Listener("MUTUAL", "SSL"),
    ]
    with EmbeddedBroker(
        jars,
        java_executable(),
        tmp_path_factory.mktemp("secure"),
        listeners=listeners,
        properties=properties,
        scram_users={"alice": PASSWORD.get_secret_value()},
    ) as embedded:
        yield embedded


@pytest.fixture
def settings_for(secure: EmbeddedBroker, certificates: Certificates) -> Callable[..., KafkaSettings]:
    def settings(listener: str, protocol: SecurityProtocol, **changes: Any) -> KafkaSettings:
        given: dict[str, Any] = {"bootstrap_servers": secure.address(listener), "security_protocol": protocol}
        if protocol.has_tls:
            given["ssl_ca_file"] = certificates.authority
        if protocol.has_sasl:
            given |= {"sasl_username": "alice", "sasl_password": PASSWORD}
        return KafkaSettings(**{**given, **changes})

    return settings


@pytest.mark.parametrize(
    ("listener", "protocol", "mechanism"),
    [
        ("SCRAM", SecurityProtocol.SASL_PLAINTEXT, SaslMechanism.SCRAM_SHA_512),
        ("SCRAMTLS", SecurityProtocol.SASL_SSL, SaslMechanism.SCRAM_SHA_512),
        ("PLAINTLS", SecurityProtocol.SASL_SSL, SaslMechanism.PLAIN),
    ],
)
def test_a_password_opens_it_and_a_wrong_one_is_named(
    settings_for: Callable[..., KafkaSettings],
    listener: str,
    protocol: SecurityProtocol,
    mechanism: SaslMechanism,
) -> None:
    require_cluster(settings_for(listener, protocol, sasl_mechanism=mechanism))
    with pytest.raises(BrokerUnavailable, match=r"refused user 'alice'.*SIGHTLINE_KAFKA__SASL") as refusal:
        require_cluster(settings_for(listener, protocol, sasl_mechanism=mechanism, sasl_password=SecretStr("wrong")))
    assert "wrong" not in str(refusal.value)


def test_a_client_certificate_opens_it_and_topics_can_be_made(
    settings_for: Callable[..., KafkaSettings], certificates: Certificates
) -> None:
    kafka = settings_for(
        "MUTUAL",
        SecurityProtocol.SSL,
        ssl_cert_file=certificates.client_certificate,
        ssl_key_file=certificates.client_key,
        topic_prefix="secure.",
    )
    assert "secure.articles" in create_topics(kafka)
    assert create_topics(kafka) == []


def test_without_the_client_certificate_it_stays_shut(settings_for: Callable[..., KafkaSettings]) -> None:
    with pytest.raises(BrokerUnavailable):
        require_cluster(settings_for("MUTUAL", SecurityProtocol.SSL))


def test_the_wrong_protocol_is_one_line_that_says_what_to_check(settings_for: Callable[..., KafkaSettings]) -> None:
    with pytest.raises(BrokerUnavailable, match="SECURITY_PROTOCOL") as failure:
        require_cluster(settings_for("SCRAMTLS", SecurityProtocol.PLAINTEXT))
    assert "\n" not in str(failure.value)
