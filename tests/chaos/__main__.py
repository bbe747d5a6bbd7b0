"""`python -m tests.chaos`: a clean run, the same articles through every kind of fault, and a table of figures."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from services.watchlist.file import read_watchlist
from tests.chaos.articles import Sent, make_articles
from tests.chaos.cluster import Cluster
from tests.chaos.comparison import describe, kinds
from tests.chaos.faults import Fault, Planned, plan
from tests.chaos.last_release import NoHistoryError, Release, unpack_last_release
from tests.chaos.run import Outcome, Run
from tests.chaos.upgrading import judge, plan_rollback, plan_upgrade
from tests.chaos.workers import CHECKOUT

WORKERS = ((Fault.KILL, 24), (Fault.FREEZE, 4), (Fault.GUEST, 4))
BROKER = ((Fault.CRASH, 5), (Fault.KILL, 4))
CLUSTER = ((Fault.DOWN, 3), (Fault.KILL, 4))
_NODES = 3
_RUNS = ("workers", "broker", "upgrade", "cluster")
_OLD = "old"  # the last release alone
_MIXED = ("upgrade", "rollback")


def main() -> int:
    """Do the runs, and return the exit code: 1 if anything was lost, doubled, different or set aside."""
    options = _options()
    # Asked to stop, we leave through every `with`, and so take all workers and nodes along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    console = Console(soft_wrap=True)
    watchlist = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    articles = make_articles(options.articles, watchlist, seed=options.seed, start=start)
    with tempfile.TemporaryDirectory(prefix="sightline-chaos-") as temporary:
        folder = options.keep or Path(temporary)
        outcomes = []
        for outcome in _runs(options, articles, folder, console):
            outcomes.append(outcome)
            console.print(f"{outcome.name}: {outcome.seconds:.0f} s, {dict(kinds(outcome.events))}")
            if outcome.name != _OLD and (difference := outcome.against(outcomes[0])):
                console.print(describe(difference))
    console.print(_table(outcomes), highlight=False)
    console.print(f"seed {options.seed}")
    return int(any(_is_bad(outcome, outcomes) for outcome in outcomes))


def _runs(options: argparse.Namespace, articles: Sequence[Sent], folder: Path, console: Console) -> Iterator[Outcome]:
    names, seed = options.runs, options.seed
    stamp = time.strftime("%H%M%S")
    with Cluster(folder / f"single-{stamp}") as cluster:
        yield Run("clean", cluster, articles, folder / stamp).do()
        for name, wanted in (("workers", WORKERS), ("broker", BROKER)):
            if name in names:
                yield Run(name, cluster, articles, folder / stamp, plan(wanted, seed=seed)).do()
        if "upgrade" in names:
            try:
                release = unpack_last_release(folder / f"release-{stamp}")
            except NoHistoryError as reason:
                console.print(f"upgrade: skipped, {reason}")
            else:
                yield from _versions(release, cluster, articles, folder / stamp, options.rate)
    if "cluster" in names:
        faults: tuple[Planned, ...] = plan(CLUSTER, seed=seed, nodes=_NODES)
        with Cluster(folder / f"three-{stamp}", _NODES) as cluster:
            yield Run("cluster", cluster, articles, folder / stamp, faults).do()


def _versions(
    release: Release, cluster: Cluster, articles: Sequence[Sent], folder: Path, rate: float
) -> Iterator[Outcome]:
    """Run the last release alone, then replace it by today's code, then that by the last release."""
    old = release.checkout
    yield Run(_OLD, cluster, articles, folder, checkout=old).do()
    yield Run("upgrade", cluster, articles, folder, plan_upgrade(CHECKOUT), checkout=old, rate=rate).do()
    yield Run("rollback", cluster, articles, folder, plan_rollback(old), rate=rate).do()


def _table(outcomes: Sequence[Outcome]) -> str:
    """Return the figures as text: a column for each run."""
    columns = [_figures(outcome, outcomes[0]) for outcome in outcomes]
    width = max(len(name) for name in columns[0])
    lines = [" " * width + "".join(f"{outcome.name:>12}" for outcome in outcomes)]
    lines += [f"{name:<{width}}" + "".join(f"{figures[name]:>12,}" for figures in columns) for name in columns[0]]
    return "\n".join(lines)


def _figures(outcome: Outcome, clean: Outcome) -> dict[str, int]:
    difference = outcome.against(clean)
    return {
        "articles": outcome.articles,
        "workers killed (SIGKILL)": outcome.done.get(Fault.KILL, 0),
        "workers stopped past their session": outcome.done.get(Fault.FREEZE, 0),
        "third workers that joined and left": outcome.done.get(Fault.GUEST, 0),
        "brokers killed (SIGKILL)": outcome.done.get(Fault.CRASH, 0) + outcome.done.get(Fault.DOWN, 0),
        "workers replaced by another version": outcome.done.get(Fault.REPLACE, 0),
        "workers that left by themselves": outcome.left,
        "articles not enriched": outcome.enriched_lost,
        "articles enriched again": outcome.enriched_repeats,
        "alert events": len(outcome.events),
        "alert events lost": len(difference.lost),
        "alert events doubled": len(difference.doubled),
        "alert events of no clean run": len(difference.foreign),
        "alerts in another order": len(difference.disordered),
        "dead letters": outcome.dead_letters,
        "seconds": round(outcome.seconds),
        "seconds in which the load stood still": round(outcome.held_s),
    }


def _is_bad(outcome: Outcome, outcomes: Sequence[Outcome]) -> bool:
    if outcome.enriched_lost or outcome.dead_letters:
        return True
    if outcome.name == _OLD:  # may read articles in a way of its own
        return False
    clean = outcomes[0]
    if outcome.name in _MIXED:
        (old,) = (each for each in outcomes if each.name == _OLD)
        return bool(judge(outcome.events, old=old.events, new=clean.events))
    return bool(outcome.against(clean))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000, help="how many (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=100.0, help="articles a second in upgrades (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of articles and faults (default: %(default)s)")
    parser.add_argument("--runs", nargs="*", choices=_RUNS, default=_RUNS, help="beside the clean one")
    parser.add_argument("--keep", type=Path, help="a folder that keeps logs and topics")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
