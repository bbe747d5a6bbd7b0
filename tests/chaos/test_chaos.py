"""The short version of `make chaos`, on a real broker: workers are killed, and every event is as it should be."""

import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.watchlist.file import read_watchlist
from tests.chaos.articles import make_articles
from tests.chaos.cluster import Cluster
from tests.chaos.comparison import describe, kinds
from tests.chaos.faults import Fault, Planned
from tests.chaos.run import Run
from tests.chaos.workers import CHECKOUT

ARTICLES = 1_200
# Two at a time, one of each kind: dead members keep their partitions for a session, and the two waits are one.
KILLS = tuple(
    Planned(at, Fault.KILL, target, kind)
    for at, target, kind in (
        (0.15, 0, "processor"),
        (0.15, 0, "alerts"),
        (0.45, 1, "processor"),
        (0.45, 1, "alerts"),
        (0.75, 0, "alerts"),
    )
)


@pytest.mark.timeout(400)
def test_no_event_is_lost_or_doubled_though_workers_are_killed(tmp_path: Path) -> None:
    watchlist = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    articles = make_articles(ARTICLES, watchlist, seed=7, start=start)
    with Cluster(tmp_path / "kafka") as cluster, ThreadPoolExecutor(2) as threads:
        # Side by side: while one waits for dead workers to be missed, the other has the processor.
        clean, killed = threads.map(
            Run.do,
            (
                Run("clean", cluster, articles, tmp_path, workers=1, deadline_s=300),
                Run("killed", cluster, articles, tmp_path, KILLS, deadline_s=300),
            ),
        )
    assert killed.done == {Fault.KILL: len(KILLS)}
    assert all(kinds(clean.events).get(kind) for kind in ("opened", "updated", "repeated", "resolved"))
    for outcome in (clean, killed):
        assert (outcome.enriched_lost, outcome.dead_letters, outcome.left) == (0, 0, 0)
        # One that was started again just before the end may be told to stop before it listens to that.
        assert {code for _, code in outcome.exit_codes} <= {0, -signal.SIGTERM}
    difference = killed.against(clean)
    assert not difference, describe(difference)
