"""The jars that run are the locked ones: fetched from a real HTTP repository on the loopback interface."""

import gc
import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.local.jars import JarUnavailable, LockedJar, WrongJar, fetch_jars, read_lock

CONTENT = b"PK what a jar holds"
JAR = LockedJar("org.example", "tool", "1.0", hashlib.sha256(CONTENT).hexdigest())


class QuietHandler(SimpleHTTPRequestHandler):
    requests: list[str]

    def __init__(self, *args: object, seen: list[str], directory: str) -> None:
        self.requests = seen
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]  # passed on as they came

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
        self.requests.append(format % args)


class Repository:
    def __init__(self, folder: Path) -> None:
        self.seen: list[str] = []
        self.folder = folder
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(QuietHandler, seen=self.seen, directory=str(folder))
        )
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def publish(self, jar: LockedJar, content: bytes) -> None:
        path = self.folder / jar.group.replace(".", "/") / jar.artifact / jar.version
        path.mkdir(parents=True, exist_ok=True)
        (path / f"{jar.artifact}-{jar.version}.jar").write_bytes(content)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    folder = tmp_path / "repository"
    folder.mkdir()
    repository = Repository(folder)
    thread = threading.Thread(target=repository.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield repository
    repository.server.shutdown()
    thread.join()
    repository.server.server_close()


def test_a_jar_is_fetched_once_and_then_needs_no_network(repository: Repository, tmp_path: Path) -> None:
    repository.publish(JAR, CONTENT)
    progress: list[tuple[int, int]] = []
    (path,) = fetch_jars(
        [JAR], tmp_path / "cache", repository=repository.url, on_progress=lambda *at: progress.append(at)
    )
    assert path.read_bytes() == CONTENT
    assert progress == [(0, 1), (1, 1)]
    before = len(repository.seen)
    assert fetch_jars([JAR], tmp_path / "cache", repository=repository.url) == (path,)
    assert len(repository.seen) == before


def test_a_tampered_jar_is_refused_and_not_kept(repository: Repository, tmp_path: Path) -> None:
    repository.publish(JAR, CONTENT + b" and something else")
    with pytest.raises(WrongJar, match=r"org\.example:tool:1\.0 .* is not the locked jar") as refusal:
        fetch_jars([JAR], tmp_path / "cache", repository=repository.url)
    assert JAR.sha256 in str(refusal.value)
    assert list((tmp_path / "cache" / "jars").iterdir()) == []


def test_a_jar_damaged_in_the_cache_is_fetched_again(repository: Repository, tmp_path: Path) -> None:
    repository.publish(JAR, CONTENT)
    (path,) = fetch_jars([JAR], tmp_path / "cache", repository=repository.url)
    path.write_bytes(CONTENT[:-1] + b"R")  # the same size
    fetch_jars([JAR], tmp_path / "cache", repository=repository.url)
    assert path.read_bytes() == CONTENT


def test_two_that_fetch_at_once_do_not_collide(repository: Repository, tmp_path: Path) -> None:
    jars = [
        LockedJar("org.example", f"tool{i}", "1", hashlib.sha256(CONTENT + bytes([i])).hexdigest()) for i in range(12)
    ]
    for i, jar in enumerate(jars):
        repository.publish(jar, CONTENT + bytes([i]))
    with ThreadPoolExecutor(2) as both:
        fetches = [
            both.submit(fetch_jars, jars, tmp_path / "cache", repository=repository.url, on_progress=None)
            for _ in range(2)
        ]
        results = [fetch.result() for fetch in fetches]
    assert results[0] == results[1]
    assert [path.read_bytes()[-1] for path in results[0]] == list(range(12))
    assert len(list((tmp_path / "cache" / "jars").iterdir())) == 12


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # jgo does not close a response that is no jar
def test_a_jar_that_the_repository_lacks_is_named(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(JarUnavailable, match=r"org\.example:tool:1\.0 .* does not have it"):
        fetch_jars([JAR], tmp_path, repository=repository.url)
    gc.collect()


def test_a_repository_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(JarUnavailable, match="no connection"):
        fetch_jars([JAR], tmp_path, repository="http://127.0.0.1:1")


def test_the_lock_that_ships_pins_every_jar() -> None:
    jars = read_lock()
    assert {jar.version for jar in jars if jar.artifact.startswith("kafka")} == {"4.3.1"}
    assert {"kafka_2.13", "kafka-clients", "log4j-slf4j-impl", "slf4j-api"} <= {jar.artifact for jar in jars}
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
    assert len({(jar.group, jar.artifact) for jar in jars}) == len(jars) == 46


@pytest.mark.parametrize("line", ["org.example:tool:1.0", "org.example:tool abc", "a:b:c d e"])
def test_a_broken_lock_line_is_shown(line: str) -> None:
    with pytest.raises(WrongJar, match=line):
        read_lock(f"# comment\n{line}\n")
