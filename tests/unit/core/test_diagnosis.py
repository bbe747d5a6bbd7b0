"""What is said of a cluster that cannot be used."""

import logging

import pytest
from kafka import errors as kafka_errors

from services.core.diagnosis import ClientFailures, explain
from services.core.settings import KafkaSettings

KAFKA = KafkaSettings(
    bootstrap_servers="kafka:9092",
    security_protocol="SASL_PLAINTEXT",
    sasl_mechanism="SCRAM-SHA-256",
    sasl_username="ann",
    sasl_password="secret",
)
UNSUPPORTED = kafka_errors.UnsupportedSaslMechanismError("Kafka broker does not support SCRAM-SHA-256")
CLOSED = kafka_errors.KafkaConnectionError("connection lost")


@pytest.mark.parametrize("refusal", [UNSUPPORTED, kafka_errors.SaslAuthenticationFailedError("wrong password")])
@pytest.mark.parametrize("first", [True, False])
def test_a_refusal_tells_more_than_a_closed_connection(refusal: Exception, *, first: bool) -> None:
    failures = ClientFailures()
    for error in (refusal, CLOSED) if first else (CLOSED, refusal):
        failures.handle(logging.makeLogRecord({"levelno": logging.WARNING, "args": (error,)}))
    assert failures.cause is refusal
    assert "kafka:9092 refused user 'ann' with SCRAM-SHA-256" in explain(refusal, KAFKA, connecting=True)


def test_only_who_had_not_spoken_with_a_cluster_is_sent_to_its_port_and_protocol() -> None:
    error = kafka_errors.IllegalStateError("Cannot call send in state BUMPING_PRODUCER_EPOCH")
    assert "check the port" in explain(error, KAFKA, connecting=True)
    assert explain(error, KAFKA) == f"kafka:9092: {error}"
