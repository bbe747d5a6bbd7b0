"""What the tests of single faults share: one article for each pair, and the one event that must follow from it."""

from collections.abc import Iterable, Sequence

from schemas import Topic
from services.core.codec import encode
from services.core.identity import pair_key
from tests.integration.running import Installation
from tests.unit.alerts.examples import cooccurrence

# Nodes that are missed soon, transactions that are ended soon: what takes a minute elsewhere takes seconds here.
IMPATIENT = {
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
}


def publish_pairs(installation: Installation, names: Iterable[str]) -> None:
    """Publish co-occurrences, each of a pair of its own."""
    found = [cooccurrence(f"article-{name}", (name, "zelda")) for name in names]
    installation.produce(
        Topic.ACTORS_COOCCURRENCES,
        [(pair_key([actor.actor_id for actor in each.actors]).encode(), encode(each)) for each in found],
    )


def read_pairs(installation: Installation, count: int, *, deadline_s: float = 60.0) -> Sequence[str]:
    """Return whose alerts were opened, sorted and with repeats, as soon as there are `count`."""
    records = installation.read(Topic.ALERTS, count, deadline_s=deadline_s)
    return sorted((record.key or b"").decode().split("|")[1] for record in records)
