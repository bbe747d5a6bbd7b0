"""The processor on a real broker: everything that is sent comes out once it can, or is set aside with its bytes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from schemas import EnrichedArticle, Reason, Topic
from services.core.codec import decode_article
from services.core.dead_letters import Received, read_dead_letter
from services.core.headers import ARTICLE_TIME, read_header
from services.local.broker import EmbeddedBroker
from services.local.ports import choose_ports
from tests.integration.running import DEADLINE_S, Installation, Service, numbered, wait_for

STUB = ("tests/integration/stub_processor.py",)
GROUP = "sightline-processor"


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    return Installation(broker, fresh_name("processor") + ".")


def read_ids(installation: Installation, different: int, *, deadline_s: float = DEADLINE_S) -> list[str]:
    """Return the article ids that have come out, repeats included, as soon as so many different ones have."""
    records = installation.read_until(
        Topic.ARTICLES_ENRICHED,
        lambda records: len({record.key for record in records}) >= different,
        f"{different} articles",
        deadline_s=deadline_s,
    )
    return [EnrichedArticle.model_validate_json(record.value).article.id for record in records]


def as_received(records: list[ConsumerRecord]) -> list[Received]:
    return [Received(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers)) for r in records]


def test_reads_what_a_plain_producer_sends_and_sets_the_rest_aside(installation: Installation, tmp_path: Path) -> None:
    good = [b"Plain text, nothing else.", b'{"text": "An object."}', b'"A JSON string."', "Кириллица".encode()]
    bad: dict[Reason, bytes | None] = {
        Reason.NULL_VALUE: None,
        Reason.NOT_UTF8: b"\xff\xfe text",
        Reason.NOT_JSON: b'{"text": "cut',
        Reason.INVALID_FIELD: b'{"text": "x", "published_at": "soon"}',
        Reason.EMPTY_TEXT: b'{"text": " "}',
        Reason.TEXT_TOO_LARGE: b"x" * 20_001,
        Reason.PROCESSING_FAILED: b"fail",
        Reason.OUTPUT_TOO_LARGE: b"much" * 2_000,
    }
    key = b"\xff\x00 key"
    limits = {
        "SIGHTLINE_EXTRACTION__MAX_TEXT_BYTES": "20000",
        "SIGHTLINE_KAFKA__MAX_MESSAGE_BYTES": "100000",
    }
    with Service(STUB, installation, tmp_path / "log", **limits) as processor:
        installation.produce(Topic.ARTICLES, [(key, value) for value in [*good, *bad.values()]])
        ids = read_ids(installation, len(good))
        letters = installation.read(Topic.ARTICLES_DEAD_LETTER, len(bad))
        processor.wait_until_ready()
        assert processor.metric("sightline_articles_consumed_total") == len(good) + len(bad)
        wait_for(lambda: processor.metric("sightline_articles_enriched_total") == len(good), "the articles are counted")
        assert "Traceback" not in processor.said
        assert processor.stop() == 0

    assert sorted(ids) == sorted(decode_article(value, max_text_bytes=20_000).id for value in good)
    assert {letter.key for letter in letters} == {key}
    told = {letter.reason: letter for letter in map(read_dead_letter, as_received(letters))}
    assert {letter.reason: raw.value for letter, raw in zip(told.values(), letters, strict=True)} == bad
    assert [reason for reason in bad if told[reason].traceback_digest is not None] == [Reason.PROCESSING_FAILED]
    assert "20,000" in told[Reason.TEXT_TOO_LARGE].message
    assert "100,000" in told[Reason.OUTPUT_TOO_LARGE].message


def test_tells_where_a_result_comes_from(installation: Installation, tmp_path: Path) -> None:
    with Service(STUB, installation, tmp_path / "log"):
        installation.produce(Topic.ARTICLES, [(None, b"An article.")])
        (source,) = installation.read(Topic.ARTICLES, 1)
        (result,) = installation.read(Topic.ARTICLES_ENRICHED, 1)
    article = EnrichedArticle.model_validate_json(result.value).article
    assert result.key == article.id.encode()
    assert read_header(result.headers, "ce_id") == article.id
    written = read_header(result.headers, ARTICLE_TIME)
    assert written is not None
    assert written.endswith(f".{source.timestamp % 1000:03}Z")


def test_repeats_nothing_after_a_clean_stop_and_loses_nothing_after_a_crash(
    installation: Installation, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with Service(STUB, installation, log) as processor:
        installation.produce(Topic.ARTICLES, numbered(b"First %d." % n for n in range(200)))
        installation.read(Topic.ARTICLES_ENRICHED, 200)
        assert processor.stop() == 0
    assert installation.committed(Topic.ARTICLES, GROUP) == 200

    installation.produce(Topic.ARTICLES, numbered(b"Second %d." % n for n in range(3000)))
    with Service(STUB, installation, log) as processor:
        installation.read(Topic.ARTICLES_ENRICHED, 300)
        processor.kill()
    with Service(STUB, installation, log):
        ids = read_ids(installation, 3200)
    first = {decode_article(b"First %d." % n, max_text_bytes=100).id for n in range(200)}
    assert sorted(found for found in ids if found in first) == sorted(first)


def test_lag_is_what_is_still_to_be_read(installation: Installation, tmp_path: Path) -> None:
    with Service(STUB, installation, tmp_path / "log") as processor:
        installation.produce(Topic.ARTICLES, numbered(b"Article %d." % n for n in range(100)))
        installation.read(Topic.ARTICLES_ENRICHED, 100)
        topic = installation.named(Topic.ARTICLES)
        samples = [
            f'sightline_consumer_lag{{partition="{number}",topic="{topic}"}}'
            for number in range(installation.kafka.partitions)
        ]
        wait_for(
            lambda: all(f"{sample} 0.0" in processor.status("/metrics")[1] for sample in samples), "no lag is left"
        )


def test_outlives_the_broker(
    start_broker: Callable[..., EmbeddedBroker], fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    broker = start_broker(tmp_path / "broker")
    port = int(broker.bootstrap_servers.rpartition(":")[2])
    installation = Installation(broker.bootstrap_servers, "outlive.")
    with Service(STUB, installation, tmp_path / "log") as processor:
        installation.produce(Topic.ARTICLES, numbered(b"Before %d." % n for n in range(2000)))
        installation.read(Topic.ARTICLES_ENRICHED, 100)
        broker.stop()
        wait_for(lambda: processor.status("/readyz")[0] == 503, "it is not ready while the broker is away")
        assert processor.status("/healthz")[0] == 200
        broker = start_broker(tmp_path / "broker", port=port)
        installation.produce(Topic.ARTICLES, numbered(b"After %d." % n for n in range(200)))
        assert len(set(read_ids(installation, 2200, deadline_s=2 * DEADLINE_S))) == 2200
        processor.wait_until_ready()
        broker.stop()
        assert processor.stop(deadline_s=8.0) == 0  # though nobody is there to say goodbye to
        assert "Traceback" not in processor.said
        assert processor.said.count("not_ready") <= 6


def test_waits_for_a_broker_in_clear_words(installation: Installation, tmp_path: Path) -> None:
    (free_port,) = choose_ports([0])
    nobody = {"SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port}"}
    with Service(STUB, installation, tmp_path / "log", **nobody) as processor:
        wait_for(lambda: "nobody answers at" in processor.said, "it says what is wrong")
        assert processor.status("/readyz")[0] == 503
        assert processor.stop() == 0
        assert "Traceback" not in processor.said
