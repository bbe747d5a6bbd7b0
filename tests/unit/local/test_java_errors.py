import pytest

from services.local.java_errors import find_reason


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            [
                "2026-01-01T10:00:00,000 ERROR [BrokerServer id=1] Fatal error during broker startup. (kafka.server.X)",
                "org.apache.kafka.KafkaException: a.b.InvalidConfigurationException: Failed to load /tmp/server.pem",
                "\tat kafka.server.X.start(X.java:1)",
                "Caused by: java.security.InvalidKeyException: Unable to decode key",
                "Caused by: java.io.IOException: algid parse error, not a sequence",
                "2026-01-01T10:00:00,100 ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)",
            ],
            "Failed to load /tmp/server.pem (algid parse error, not a sequence)",
        ),
        (
            ['Exception in thread "main" org.apache.kafka.common.config.ConfigException: Invalid value x', "\tat y"],
            "Invalid value x",
        ),
        (["java.lang.OutOfMemoryError", "2026-01-01T10:00:00 INFO bye (x.Y)"], "OutOfMemoryError"),
        (["2026-01-01T10:00:00 ERROR disk is full (x.Y)", "2026-01-01T10:00:00 INFO bye (x.Y)"], "disk is full"),
        (["Invalid maximum heap size: -Xmx999999g", "Could not create the Java Virtual Machine."], None),
        ([], "it said nothing"),
    ],
)
def test_the_reason_is_found(lines: list[str], reason: str | None) -> None:
    assert find_reason(lines) == (reason or lines[-1])
