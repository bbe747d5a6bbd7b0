"""The short version of `make chaos`, on a real broker: workers are killed, and every event is as it should be."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.watchlist.file import read_watchlist
from tests.chaos.articles import make_articles
from tests.chaos.cluster import Cluster
from tests.chaos.comparison import kinds
from tests.chaos.faults import Fault, Planned
from tests.chaos.run import Outcome, Run
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
        assert_whole(outcome)
    # A processor that is killed may deliver two articles of one pair in another order than it would have: then an event
    # tells them in that order. `make chaos` compares event by event.
    assert told(killed) == told(clean)


def assert_whole(outcome: Outcome) -> None:
    """No event twice, and none missing between the first and the last of an alert."""
    lives: dict[str, list[int]] = {}
    for _, event in outcome.events:
        alert = json.loads(event)
        lives.setdefault(alert["alert_id"], []).append(alert["sequence"])
    assert all(life == list(range(1, len(life) + 1)) for life in lives.values())


def told(outcome: Outcome) -> dict[str, set[str]]:
    """Return which articles the events of each rule and its actors tell of."""
    articles: dict[str, set[str]] = {}
    for key, event in outcome.events:
        articles.setdefault(key, set()).update(each["article"]["id"] for each in json.loads(event)["cooccurrences"])
    return articles
