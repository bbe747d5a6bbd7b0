"""Ten malformed among a thousand articles: the others come out, these are kept as received, and repaired they count."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas import EnrichedArticle, Topic
from services.cli.dead_letters import create_cli
from services.core.codec import decode_article
from tests.integration.running import Installation, Service, numbered

STUB = ("tests/integration/stub_processor.py",)
REAL = ("-m", "services.processor")
MAX_TEXT_BYTES = 1_000_000
BROKEN_FROM, BROKEN_EVERY = 50, 100


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Installation:
    installation = Installation(broker, fresh_name("letters") + ".")
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    return installation


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(create_cli(), arguments)
    assert result.exit_code == 0, result.output
    return result


def identity(value: bytes) -> str:
    return decode_article(value, max_text_bytes=MAX_TEXT_BYTES).id


def check_repair(
    installation: Installation, command: Sequence[str], good: list[bytes], directory: Path, **settings: str
) -> None:
    """Cut ten of the articles short, and see that nothing is lost, before and after their repair."""
    positions = range(BROKEN_FROM, len(good), BROKEN_EVERY)
    broken = {position: good[position][:-10] for position in positions}
    with Service(command, installation, directory / "log", **settings) as processor:
        installation.produce(
            Topic.ARTICLES, numbered(broken.get(position, value) for position, value in enumerate(good))
        )
        enriched = installation.read(Topic.ARTICLES_ENRICHED, len(good) - len(broken), deadline_s=120)
        assert len(enriched) == len(good) - len(broken)
        letters = installation.read(Topic.ARTICLES_DEAD_LETTER, len(broken))
        assert {letter.value for letter in letters} == set(broken.values())

        repaired = []
        for line in run("list", "--reason", "not_json", "--jsonl").stdout.splitlines():
            letter = json.loads(line)
            assert letter["value"].encode() == broken[int(letter["key"])]
            letter["value"] = json.loads(good[int(letter["key"])])
            repaired.append(json.dumps(letter))
        file = directory / "repaired.jsonl"
        file.write_text("\n".join(repaired))
        assert run("replay", str(file)).stdout == f"replayed {len(broken)}\n"
        everything = installation.read(Topic.ARTICLES_ENRICHED, len(good))
        assert processor.stop() == 0
    ids = [EnrichedArticle.model_validate_json(record.value).article.id for record in everything]
    assert sorted(ids) == sorted(map(identity, good))


def test_ten_malformed_among_a_thousand_articles(installation: Installation, tmp_path: Path) -> None:
    articles = [json.dumps({"text": f"Article {n}.", "title": f"No. {n}"}).encode() for n in range(1000)]
    check_repair(installation, STUB, articles, tmp_path)


def test_ten_malformed_among_a_thousand_real_articles(
    installation: Installation, shared_data: Path, tmp_path: Path
) -> None:
    articles: dict[str, bytes] = {}
    with gzip.open(shared_data / "news" / "reuters_21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            value = json.dumps({"text": told["text"], "title": told["title"]}).encode()
            articles.setdefault(identity(value), value)
            if len(articles) == 1000:
                break
    fast = {"SIGHTLINE_EXTRACTION__ENTITIES": "relevant"}
    check_repair(installation, REAL, list(articles.values()), tmp_path, **fast)


def test_all_are_replayed_once_as_received_and_those_of_a_reason_at_will(
    installation: Installation, tmp_path: Path
) -> None:
    with Service(STUB, installation, tmp_path / "log"):
        installation.produce(Topic.ARTICLES, [(b"\xff", b"\xfe"), (b"k", b'{"text": 5}'), (b"n", None)])
        installation.read(Topic.ARTICLES_DEAD_LETTER, 3)
        assert run("replay", "--all").stdout == "replayed 3\n"
        letters = installation.read(Topic.ARTICLES_DEAD_LETTER, 6)
        assert sorted(letter.key for letter in letters) == [b"k", b"k", b"n", b"n", b"\xff", b"\xff"]
        again = [record for record in installation.read(Topic.ARTICLES, 6) if record.headers]
        assert again == []  # what we added is taken off
        assert run("replay", "--reason", "not_utf8").stdout == "replayed 2\n"
        installation.read(Topic.ARTICLES_DEAD_LETTER, 8)
    assert run("replay", "--all").stdout == "replayed 5\n"  # those that have come since
    assert run("replay", "--all").stdout == "replayed 0\n"


def test_what_is_no_dead_letter_is_said_and_skipped(installation: Installation, tmp_path: Path) -> None:
    installation.produce(Topic.ARTICLES_DEAD_LETTER, [(b"k", b"put here by hand")])
    shown = run("list")
    assert "skipped: no dead letter" in shown.output
    assert "no dead letters" in shown.stdout
    assert run("replay", "--all").stdout == "replayed 0\n"


def test_a_line_that_cannot_be_replayed_is_named(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    letter = {"topic": "alerts", "partition": 0, "offset": 0, "reason": "not_json", "message": "", "value": "x"}
    file.write_text(json.dumps({**letter, "failed_at": "2023-02-28T09:00:00Z"}) + "\n")
    result = CliRunner().invoke(create_cli(), ["replay", str(file)])
    assert "line 1: topic: 'alerts' is none of" in str(result.exception)
    file.write_text("{nothing\n")
    result = CliRunner().invoke(create_cli(), ["replay", str(file)])
    assert "line 1: no dead letter" in str(result.exception)
