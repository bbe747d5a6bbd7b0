"""Settings come from the environment, are checked, and say what is wrong with them."""

import json
from pathlib import Path

import pytest

from services.cli.settings import environment_lines
from services.core.errors import ConfigurationError
from services.core.settings import RUN_NOTE, load_settings


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_sections_are_set_by_two_underscores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS", "a:1, b:2")
    monkeypatch.setenv("SIGHTLINE_INGEST__FEEDS__URLS", "https://a.example/rss  https://b.example/atom")
    settings = load_settings()
    assert settings.kafka.servers == ["a:1", "b:2"]
    assert settings.ingest.feeds.urls == ("https://a.example/rss", "https://b.example/atom")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SIGHTLINE_KAFKA__PARTITIONS", "none", "SIGHTLINE_KAFKA__PARTITIONS: "),
        ("SIGHTLINE_KAFKA__PARTITIONS", "0", "greater than or equal to 1"),
        ("SIGHTLINE_KAFKA__PARTITION", "3", "SIGHTLINE_KAFKA__PARTITION: "),
        ("SIGHTLINE_KAFKA__SECURITY_PROTOCOL", "SASL_SSL", "needs sasl_username and sasl_password"),
        ("SIGHTLINE_KAFKA__SSL_KEY_FILE", "k.pem", "ssl_cert_file and ssl_key_file are set together"),
        ("SIGHTLINE_KAFKA__TOPIC_PREFIX", "a b", "SIGHTLINE_KAFKA__TOPIC_PREFIX: "),
        ("SIGHTLINE_KAFKA", "{broken", "settings cannot be read"),
    ],
)
def test_what_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refusal:
        load_settings()
    assert told in str(refusal.value)


def test_the_broker_of_this_directory_is_found_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="no Kafka cluster"):
        load_settings().kafka.servers  # noqa: B018 - the property raises
    (tmp_path / ".sightline").mkdir()
    (tmp_path / ".sightline" / RUN_NOTE).write_text(json.dumps({"bootstrap_servers": "127.0.0.1:5"}))
    assert load_settings().kafka.servers == ["127.0.0.1:5"]
    monkeypatch.setenv("SIGHTLINE_KAFKA__SECURITY_PROTOCOL", "SSL")
    assert load_settings().kafka.security_protocol == "PLAINTEXT", "the local broker speaks nothing else"
    assert load_settings(find_local=False).kafka.bootstrap_servers is None
    monkeypatch.setenv("SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS", "kafka:9092")
    assert load_settings().kafka.servers == ["kafka:9092"]


def test_what_is_printed_hides_secrets_and_can_be_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGHTLINE_INGEST__API_KEY", "hunter2")
    lines = list(environment_lines(load_settings()))
    assert "SIGHTLINE_INGEST__API_KEY=********" in lines
    assert not [line for line in lines if "hunter2" in line]
    assert list(environment_lines(load_settings(), changed=True)) == ["SIGHTLINE_INGEST__API_KEY=********"]
    monkeypatch.delenv("SIGHTLINE_INGEST__API_KEY")
    (tmp_path / ".env").write_text("\n".join(line for line in lines if not line.endswith("=") and "****" not in line))
    assert list(environment_lines(load_settings(), changed=True)) == []


def test_a_secret_can_be_a_file_that_is_named_like_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "SIGHTLINE_INGEST__API_KEY").write_text("from-file\n")
    (secrets / "unrelated").write_text("x")
    monkeypatch.setenv("SIGHTLINE_SECRETS_DIR", str(secrets))
    key = load_settings().ingest.api_key
    assert key is not None
    assert key.get_secret_value() == "from-file"
    monkeypatch.setenv("SIGHTLINE_INGEST__API_KEY", "from-variable")
    key = load_settings().ingest.api_key
    assert key is not None
    assert key.get_secret_value() == "from-variable"
    monkeypatch.setenv("SIGHTLINE_SECRETS_DIR", str(tmp_path / "none"))
    assert load_settings().ingest.api_key is not None


@pytest.mark.parametrize("endpoint", ["collector:4318", "ftp://collector", "http://", "http://me:secretpw@collector"])
def test_a_collectors_address_is_one_and_holds_no_password(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setenv("SIGHTLINE_TRACING__ENDPOINT", endpoint)
    with pytest.raises(ConfigurationError, match="SIGHTLINE_TRACING__ENDPOINT") as raised:
        load_settings(find_local=False)
    assert "secretpw" not in str(raised.value)
