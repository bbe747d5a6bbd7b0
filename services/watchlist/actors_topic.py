"""The watchlist as `watchlist.actors` holds it: read once, and written change by change."""

import contextlib
from collections.abc import Callable, Mapping

from kafka import KafkaProducer
from pydantic import ValidationError

from schemas import Actor, NameDecision, Topic
from services.core.clients import close_producer, create_producer
from services.core.errors import BrokerUnavailable
from services.core.following import CompactedTopic
from services.core.identity import is_decision
from services.core.settings import KafkaSettings

_FLUSH_S = 60.0


def read_decisions(kafka: KafkaSettings) -> dict[str, NameDecision]:
    """Return what analysts decided of names, by key; what cannot be read is left out.

    Raises:
        BrokerUnavailable: The topic could not be read to its end.
    """
    topic = CompactedTopic(kafka, Topic.WATCHLIST_ACTORS)
    topic.close()
    decisions = {}
    for key, value in topic.values.items():
        if is_decision(key):
            with contextlib.suppress(ValidationError):
                decisions[key.decode()] = NameDecision.model_validate_json(value)
    return decisions


def read_watchlist_in_force(
    kafka: KafkaSettings, *, on_unreadable: Callable[[str, str], None] = lambda _key, _problem: None
) -> dict[str, Actor]:
    """Return the watchlist by actor id.

    Args:
        kafka: The cluster.
        on_unreadable: Told the key and the problem of what holds no actor.

    Raises:
        BrokerUnavailable: The topic could not be read to its end.
    """
    topic = CompactedTopic(kafka, Topic.WATCHLIST_ACTORS)
    topic.close()
    actors = {}
    for key, value in topic.values.items():
        if is_decision(key):
            continue
        try:
            actor = Actor.model_validate_json(value)
        except ValidationError as error:
            on_unreadable(key.decode("utf-8", "replace"), str(error.errors(include_url=False)[0]["msg"]))
        else:
            actors[actor.id] = actor
    return actors


def write_watchlist(
    kafka: KafkaSettings, changes: Mapping[str, bytes | None], on_written: Callable[[], None] = lambda: None
) -> None:
    """Write changes: entries as JSON, and None for those that are delisted.

    Args:
        kafka: The cluster.
        changes: By actor id, or the key of a decision.
        on_written: Called for each that the cluster has acknowledged; on another thread.

    Raises:
        BrokerUnavailable: The cluster did not acknowledge all of them in time.
    """
    producer: KafkaProducer = create_producer(kafka, linger_ms=20)
    name = Topic.WATCHLIST_ACTORS.named(kafka.topic_prefix)
    try:
        sent = [
            producer.send(name, value, key=identity.encode()).add_callback(lambda _: on_written())
            for identity, value in changes.items()
        ]
        producer.flush(timeout=_FLUSH_S)
    finally:
        close_producer(producer, timeout_s=_FLUSH_S)
    if failed := [future for future in sent if not future.succeeded()]:
        msg = f"{len(failed):,} of {len(sent):,} entries were not written: load the list again"
        raise BrokerUnavailable(msg) from failed[0].exception
