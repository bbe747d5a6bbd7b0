"""Fetch what the embedded broker needs, showing how far that is."""

import os
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.core.settings import LocalSettings
from services.local.jars import fetch_jars, read_lock


def fetch_broker(local: LocalSettings, console: Console) -> tuple[Path, ...]:
    """Return the broker's jars, downloading what is missing.

    Raises:
        WrongJar: The repository served other bytes than the locked ones.
        JarUnavailable: The repository cannot be reached, or does not have a jar.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    jars = read_lock()
    progress = Progress(*columns, console=console, transient=True)
    bar = progress.add_task("Fetching Apache Kafka", total=len(jars))

    def show(done: int, total: int) -> None:
        # Begun only when something is missing: without a terminal, even an unseen bar leaves an empty line.
        if done < total:
            progress.start()
        progress.update(bar, completed=done)

    try:
        return fetch_jars(jars, cache_dir(local), repository=local.maven_repository, on_progress=show)
    finally:
        if progress.live.is_started:
            progress.stop()


def cache_dir(local: LocalSettings) -> Path:
    """Return where jars are kept: as set, else in the user's cache directory."""
    if local.cache_dir is not None:
        return local.cache_dir
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The specification says that relative paths there are to be ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "sightline"
