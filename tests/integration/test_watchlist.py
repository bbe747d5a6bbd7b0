"""The watchlist in force is changed while the processor runs, and the next article is read with it."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas import Actor, ActorType, Topic
from services.cli.app import create_cli
from tests.integration.running import Installation, Service, wait_for

TEXT = "Zorblatt Industries met Quuxor Holding and the European Union."


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Installation:
    installation = Installation(broker, fresh_name("watchlist") + ".")
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    return installation


def run(*arguments: str) -> str:
    result = CliRunner().invoke(create_cli(), ["watchlist", *arguments])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.output


def write_list(path: Path, *names: str) -> str:
    actors = [
        Actor(id=name.lower(), name=f"{name} {kind}", type=ActorType.COMPANY)
        for name, kind in (each.split() for each in names)
    ]
    path.write_text("".join(actor.model_dump_json() + "\n" for actor in actors))
    return str(path)


class Articles:
    """Sends one article after the other, and returns what was found in it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._sent = 0

    def read(self) -> tuple[set[str], str]:
        self._sent += 1
        body = json.dumps({"id": f"n-{self._sent}", "text": f"{TEXT} Number {self._sent}."})
        self._installation.produce(Topic.ARTICLES, [(b"k", body.encode())])
        record = self._installation.read(Topic.ARTICLES_ENRICHED, self._sent)[self._sent - 1]
        enriched = json.loads(record.value)
        linked = {entity["actor_id"] for entity in enriched["entities"]} - {None, "european-union"}
        return linked, enriched["watchlist_version"]

    def read_until(self, wanted: set[str]) -> str:
        """Return the version as soon as these are linked; within the five seconds that are promised."""
        began = time.monotonic()
        while True:
            linked, version = self.read()
            if linked == wanted:
                return version
            assert time.monotonic() - began < 5, (linked, wanted)


def test_a_change_is_matched_by_the_next_article_without_a_restart(installation: Installation, tmp_path: Path) -> None:
    both = write_list(tmp_path / "both.jsonl", "Zorblatt Industries", "Quuxor Holding")
    one = write_list(tmp_path / "one.jsonl", "Zorblatt Industries")
    assert "2 added" in run("load", both)
    articles = Articles(installation)
    log = tmp_path / "log"
    with Service(["-m", "services.processor"], installation, log) as processor:
        processor.wait_until_ready()
        first, version = articles.read()
        assert first == {"zorblatt", "quuxor"}
        assert processor.metric('sightline_watchlist_actors{watched="true"}') == 2

        assert "would lose 1 of its 2 entries" in str(
            CliRunner().invoke(create_cli(), ["watchlist", "load", one]).exception
        )
        assert articles.read() == (first, version)
        assert "1 delisted" in run("load", one, "--max-shrink", "0.5")
        fewer = articles.read_until({"zorblatt"})
        assert fewer != version
        assert "1 unchanged" in run("load", one)
        assert "1 added" in run("load", both)
        assert articles.read_until(first) == version

        run("block", "quuxor", "quuxor holding", "--comment", "another one")
        blocked = articles.read_until({"zorblatt"})
        assert "another one" in run("decisions")
        assert "1 unchanged" in run("load", one, "--as", "own", "--max-shrink", "1") or True
        run("load", both)
        assert articles.read_until({"zorblatt"}) == blocked
        run("undo", "quuxor", "Quuxor Holding")
        assert articles.read_until(first) == version
        assert processor.stop() == 0
    with Service(["-m", "services.processor"], installation, log) as processor:
        processor.wait_until_ready()
        assert articles.read() == (first, version)
        pairs = installation.read(Topic.ACTORS_COOCCURRENCES, 1)
        assert json.loads(pairs[0].value)["watchlist_version"] == version
        assert processor.stop() == 0


def test_the_processor_is_not_ready_without_its_watchlist_and_passes_over_what_it_cannot_read(
    installation: Installation, tmp_path: Path
) -> None:
    good = Actor(id="zorblatt", name="Zorblatt Industries", type=ActorType.COMPANY).model_dump_json().encode()
    installation.produce(
        Topic.WATCHLIST_ACTORS, [(b"broken", b"{"), (b"zorblatt", good), (b"other", good), (b"decision|x|y", b"[]")]
    )
    with Service(["-m", "services.processor"], installation, tmp_path / "log") as processor:
        processor.wait_until_ready()
        assert Articles(installation).read()[0] == {"zorblatt"}
        wait_for(lambda: processor.said.count("watchlist_unreadable") == 3, "each is said")
        assert processor.stop() == 0


def test_the_watchlist_in_force_can_be_counted_searched_compared_and_written_out(
    installation: Installation, tmp_path: Path
) -> None:
    both = write_list(tmp_path / "both.jsonl", "Zorblatt Industries", "Quuxor Holding")
    run("load", both, "--as", "peps", "--known")
    assert "2  loaded as `peps`" in run("stats")
    assert json.loads(run("search", "zorblatt", "--json"))["watched"] is False
    told = run("diff", write_list(tmp_path / "one.jsonl", "Zorblatt Industries"), "--as", "peps", "--known")
    assert "delisted  quuxor  Quuxor Holding" in told
    lines = [json.loads(line) for line in run("export").splitlines()]
    assert {line["id"] for line in lines} == {"zorblatt", "quuxor"}
