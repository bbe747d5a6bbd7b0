"""Fetch the broker's jars: exactly the locked ones, from any Maven repository, verified by SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources
from multiprocessing.pool import ThreadPool
from pathlib import Path

import requests
from jgo.maven import MavenContext, PythonResolver

from services.core.errors import PermanentError, TransientError

_DOWNLOADS_AT_ONCE = 8
_ATTEMPTS = 3
_TIMEOUT_S = 30

OnProgress = Callable[[int, int], None]
"""Called with the number of jars that are here and the number of all."""


class WrongJar(PermanentError):  # noqa: N818 - an adjective and a noun say it better
    """What the repository served, or what the lock says, cannot be used."""


class JarUnavailable(TransientError):  # noqa: N818 - as above
    """The repository cannot be reached, or does not have the jar."""


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One jar by its Maven coordinate, and the digest that it must have."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """`group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file_name(self) -> str:
        """Its name in the cache; the digest in it keeps checkouts with different locks apart."""
        return f"{self.artifact}-{self.version}-{self.sha256[:12]}.jar"


def read_lock(text: str | None = None) -> tuple[LockedJar, ...]:
    """Return the locked jars in class path order.

    Args:
        text: One `group:artifact:version sha256` a line; None reads the lock that ships with this package.

    Raises:
        WrongJar: A line is something else.
    """
    if text is None:
        text = (resources.files("services.local") / "data" / "kafka_jars.lock").read_text("utf-8")
    return tuple(_parse(line) for line in text.splitlines() if line and not line.startswith("#"))


def fetch_jars(
    jars: Iterable[LockedJar], cache_dir: Path, *, repository: str, on_progress: OnProgress | None = None
) -> tuple[Path, ...]:
    """Return the paths of the jars in the given order; those that are missing or damaged are downloaded.

    Every jar is hashed on every call (0.04 s for all), so what runs is what was locked. Several processes may fetch
    into one cache at once: a jar appears under its name whole and verified, or not at all.

    Args:
        jars: What to fetch.
        cache_dir: Where the jars stay; created if need be.
        repository: Address of a Maven repository.
        on_progress: Told about every jar that is here.

    Raises:
        WrongJar: The repository served other bytes than the locked ones.
        JarUnavailable: The repository cannot be reached, or does not have the jar.
    """
    wanted = tuple(jars)
    folder = cache_dir / "jars"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {jar: folder / jar.file_name for jar in wanted}
    missing = [jar for jar in wanted if _digest(paths[jar]) != jar.sha256]
    report = on_progress or _say_nothing
    report(len(wanted) - len(missing), len(wanted))
    # Threads of this pool are not waited for: a failure, or Ctrl-C on a slow line, ends the whole at once.
    with ThreadPool(_DOWNLOADS_AT_ONCE) as threads:
        downloads = threads.imap_unordered(lambda jar: _fetch(jar, paths[jar], repository), missing)
        for done, _ in enumerate(downloads, start=len(wanted) - len(missing) + 1):
            report(done, len(wanted))
    return tuple(paths.values())


def download(coordinate: str, folder: Path, *, repository: str) -> Path:
    """Download one jar into a Maven-shaped folder and return its path there.

    Raises:
        JarUnavailable: The repository cannot be reached, or does not have the jar.
    """
    context = MavenContext(
        resolver=PythonResolver(),
        repo_cache=folder,
        remote_repos={"repository": repository.rstrip("/")},
        timeout=_TIMEOUT_S,
    )
    try:
        return context.create_dependency(coordinate).artifact.resolve()
    except requests.RequestException as error:
        msg = f"{coordinate} cannot be downloaded from {repository}: {_reason(error)}"
        raise JarUnavailable(msg) from error
    except RuntimeError as error:  # how jgo says that no repository has it
        msg = f"{coordinate} cannot be downloaded: {repository} does not have it"
        raise JarUnavailable(msg) from error


def _fetch(jar: LockedJar, path: Path, repository: str) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fetch-") as folder:
        downloaded = _download_patiently(jar.coordinate, Path(folder), repository)
        found = _digest(downloaded)
        if found != jar.sha256:
            msg = (
                f"{jar.coordinate} from {repository} is not the locked jar: its SHA-256 is {found}, "
                f"the lock says {jar.sha256}. It was not kept."
            )
            raise WrongJar(msg)
        os.replace(downloaded, path)  # noqa: PTH105 - named for what it is: atomic


def _download_patiently(coordinate: str, folder: Path, repository: str) -> Path:
    for attempt in range(1, _ATTEMPTS):
        try:
            return download(coordinate, folder / str(attempt), repository=repository)
        except JarUnavailable:
            continue
    return download(coordinate, folder / "last", repository=repository)


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _parse(line: str) -> LockedJar:
    try:
        coordinate, sha256 = line.split()
        group, artifact, version = coordinate.split(":")
    except ValueError:
        msg = f"the jar lock holds a line that is not 'group:artifact:version sha256': {line!r}"
        raise WrongJar(msg) from None
    return LockedJar(group, artifact, version, sha256)


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection; is there a network, or does SIGHTLINE_LOCAL__MAVEN_REPOSITORY name another place?"
    return type(error).__name__


def _say_nothing(_done: int, _total: int) -> None:
    pass
