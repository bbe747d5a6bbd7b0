"""The short version of the upgrade in `make chaos`: today's code replaces the last release under a steady load."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.watchlist.file import read_watchlist
from tests.chaos.articles import make_articles
from tests.chaos.cluster import Cluster
from tests.chaos.comparison import describe, kinds
from tests.chaos.faults import Fault
from tests.chaos.last_release import NoHistoryError, Release, unpack_last_release
from tests.chaos.run import Run
from tests.chaos.upgrading import judge, plan_upgrade
from tests.chaos.workers import CHECKOUT

ARTICLES = 1_200
RATE = 25.0  # a second


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """The last release, from the history of this clone."""
    try:
        return unpack_last_release(tmp_path / "release")
    except NoHistoryError as reason:
        pytest.skip(str(reason))


def test_workers_run_the_code_of_their_own_version(release: Release) -> None:
    for checkout in (release.checkout, CHECKOUT):
        told = subprocess.run(
            [sys.executable, "-c", "import services.processor.app as app; print(app.__file__)"],
            cwd=checkout,
            env={"PYTHONPATH": str(checkout)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert Path(told.strip()).is_relative_to(checkout)


@pytest.mark.timeout(400)
def test_an_upgrade_loses_and_doubles_nothing(release: Release, tmp_path: Path) -> None:
    watchlist = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    articles = make_articles(ARTICLES, watchlist, seed=11, start=start)
    steps = plan_upgrade(CHECKOUT, last=0.5)
    with Cluster(tmp_path / "kafka") as cluster:
        mixed = Run("mixed", cluster, articles, tmp_path, steps, deadline_s=300, checkout=release.checkout, rate=RATE)
        with ThreadPoolExecutor(2) as threads:
            new, upgrade = threads.map(
                Run.do, (Run("new", cluster, articles, tmp_path, workers=1, deadline_s=300), mixed)
            )
        assert upgrade.done == {Fault.REPLACE: len(steps)}
        assert all(kinds(new.events).get(kind) for kind in ("opened", "updated", "repeated", "resolved"))
        for outcome in (new, upgrade):
            assert (outcome.enriched_lost, outcome.dead_letters, outcome.left) == (0, 0, 0)
            assert {code for _, code in outcome.exit_codes} == {0}
        if not upgrade.against(new):
            return
        # Unless it is that the versions read articles differently, something is wrong.
        old = Run("old", cluster, articles, tmp_path, workers=1, deadline_s=300, checkout=release.checkout).do()
    verdict = judge(upgrade.events, old=old.events, new=new.events)
    assert verdict.agreed > verdict.keys / 2, "the two versions agree on too little for a comparison to say much"
    assert not verdict, describe(verdict.difference) + "".join(
        f"\nevents missing or twice: {e}" for e in verdict.broken
    )
