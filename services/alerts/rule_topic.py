"""The rules in force: what `watchlist.rules` holds, followed as it changes."""

from collections.abc import Iterable

from kafka import KafkaProducer
from pydantic import ValidationError

from schemas import DEFAULT_RULE, Rule, Topic
from services.core.clients import create_producer
from services.core.codec import as_unreadable, encode
from services.core.following import CompactedTopic
from services.core.logging import get_logger
from services.core.metrics import AlertsMetrics
from services.core.settings import KafkaSettings

_ACK_S = 30.0
_log = get_logger(__name__)


class RulesFollower:
    """Belongs to one thread; use `close` at the end."""

    def __init__(self, kafka: KafkaSettings, metrics: AlertsMetrics) -> None:
        """Read the rules.

        Raises:
            BrokerUnavailable: The topic could not be read to its end.
        """
        self._metrics = metrics
        self._topic = CompactedTopic(kafka, Topic.WATCHLIST_RULES)
        self._rules: dict[bytes, Rule] = {}
        self._in_force: tuple[Rule, ...] = ()
        self._apply(dict(self._topic.values))

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in force now, by id; as long as nobody has loaded any, the one that every list begins with.

        The same objects, as long as nothing has changed.
        """
        changes = self._topic.poll()
        if changes:
            self._apply(changes)
        return self._in_force

    def close(self) -> None:
        """Disconnect."""
        self._topic.close()

    def _apply(self, changes: dict[bytes, bytes | None]) -> None:
        for key, value in changes.items():
            if value is None:
                self._rules.pop(key, None)
                continue
            try:
                rule = Rule.model_validate_json(value)
            except ValidationError as error:
                # Nobody watches this topic as they do the others: the rule that is in force stays.
                _log.error("rule_unreadable", key=key.decode("utf-8", "replace"), problem=str(as_unreadable(error)))
                self._metrics.unreadable.labels(Topic.WATCHLIST_RULES.value).inc()
                continue
            self._rules[key] = rule
        ordered = sorted(self._rules.values(), key=lambda rule: rule.id)
        self._in_force = tuple(ordered) or (DEFAULT_RULE,)
        for rule in self._in_force:
            self._metrics.show_rule(rule.id, rule.severity)
        _log.info("rules", in_force=[rule.id for rule in self._in_force])


def read_rules_in_force(kafka: KafkaSettings) -> dict[str, Rule]:
    """Return the rules that the topic holds, by id.

    Raises:
        BrokerUnavailable: The topic could not be read to its end.
    """
    topic = CompactedTopic(kafka, Topic.WATCHLIST_RULES)
    topic.close()
    rules = {}
    for value in topic.values.values():
        try:
            rule = Rule.model_validate_json(value)
        except ValidationError:
            continue  # said by the service that follows the topic
        rules[rule.id] = rule
    return rules


def load_rules(kafka: KafkaSettings, rules: Iterable[Rule]) -> dict[str, str]:
    """Make these the rules in force, writing only what differs; return what became of each that was or is there.

    Returns:
        By rule id: `added`, `changed`, `removed` or `unchanged`.

    Raises:
        BrokerUnavailable: The topic could not be read to its end.
        KafkaError: A rule could not be written.
    """
    wanted = {rule.id: rule for rule in rules}
    present = read_rules_in_force(kafka)
    fates = {
        identity: "unchanged" if present.get(identity) == rule else "changed" if identity in present else "added"
        for identity, rule in wanted.items()
    } | dict.fromkeys(present.keys() - wanted.keys(), "removed")
    producer: KafkaProducer = create_producer(kafka)
    name = Topic.WATCHLIST_RULES.named(kafka.topic_prefix)
    try:
        sent = [
            producer.send(name, encode(wanted[identity]) if identity in wanted else None, key=identity.encode())
            for identity, fate in fates.items()
            if fate != "unchanged"
        ]
        for future in sent:
            future.get(timeout=_ACK_S)
    finally:
        producer.close()
    return fates
