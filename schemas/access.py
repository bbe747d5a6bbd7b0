"""Who may do what on the cluster: the least that each service, and each person beside them, needs.

Some rights follow from others and are not listed: who may read or write a topic may describe it, and who may write to
one may be an idempotent producer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from schemas.topics import Topic


class Role(StrEnum):
    """Who needs rights: each has a user of its own."""

    INGEST = "ingest"
    PROCESSOR = "processor"
    ALERTS = "alerts"
    NOTIFIER = "notifier"
    OPERATOR = "operator"  # whoever uses the `sightline` command: topics, rules, watchlist, silences, dead letters
    READER = "reader"  # whoever subscribes to alerts

    @property
    def access(self) -> "Access":
        """What the role needs."""
        return _ACCESS[self]


class Operation(StrEnum):
    """What is allowed, in Kafka's words."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"
    DESCRIBE = "Describe"


class Resource(StrEnum):
    """On what kind of thing, as Strimzi spells it."""

    TOPIC = "topic"
    GROUP = "group"
    TRANSACTIONAL_ID = "transactionalId"


class Pattern(StrEnum):
    """Whether a name is the thing's own or what its name begins with, as Strimzi spells it."""

    LITERAL = "literal"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Binding:
    """One thing that a role may do.

    Attributes:
        resource: Kind of thing.
        name: Its name on the cluster, or what that begins with.
        pattern: Which of the two.
        operation: What is allowed.
    """

    resource: Resource
    name: str
    pattern: Pattern
    operation: Operation


@dataclass(frozen=True, slots=True)
class Access:
    """What a role needs, without the prefix of an installation.

    Attributes:
        reads: Topics.
        writes: Topics.
        creates: Topics that it creates where they are missing, and describes.
        group: What the setting of its group is by default; None: it is in no group.
        groups: What follows that name in the names of its consumer groups.
        group_pattern: Whether these are whole names.
        transactions: What follows the group in what all its transactional ids begin with; None: it has none.
    """

    reads: tuple[Topic, ...] = ()
    writes: tuple[Topic, ...] = ()
    creates: tuple[Topic, ...] = ()
    group: str | None = None
    groups: tuple[str, ...] = ("",)
    group_pattern: Pattern = Pattern.LITERAL
    transactions: str | None = None


def list_bindings(role: Role, *, prefix: str = "", group: str | None = None) -> Iterator[Binding]:
    """Yield everything that a role may do, in a fixed order.

    Args:
        role: Whose rights.
        prefix: Of the installation: stands before every topic, group and transactional id.
        group: The setting of the role's group, where it is not the default.
    """
    access = role.access
    for operation, topics in (
        (Operation.READ, access.reads),
        (Operation.WRITE, access.writes),
        (Operation.CREATE, access.creates),
        (Operation.DESCRIBE, access.creates),
    ):
        for topic in topics:
            yield Binding(Resource.TOPIC, topic.named(prefix), Pattern.LITERAL, operation)
    if access.group is None:
        return
    stem = prefix + (group or access.group)
    for suffix in access.groups:
        yield Binding(Resource.GROUP, stem + suffix, access.group_pattern, Operation.READ)
    if access.transactions is not None:
        yield Binding(Resource.TRANSACTIONAL_ID, stem + access.transactions, Pattern.PREFIX, Operation.WRITE)


_DEAD_LETTERS = tuple(topic for topic in Topic if topic.is_dead_letter)

_ACCESS = {
    Role.INGEST: Access(writes=(Topic.ARTICLES,)),
    Role.PROCESSOR: Access(
        reads=(Topic.ARTICLES, Topic.WATCHLIST_ACTORS),
        writes=(
            Topic.ARTICLES_ENRICHED,
            Topic.SANCTIONS_MENTIONS,
            Topic.ACTORS_COOCCURRENCES,
            Topic.ARTICLES_DEAD_LETTER,
        ),
        group="sightline-processor",
    ),
    Role.ALERTS: Access(
        reads=(
            Topic.ACTORS_COOCCURRENCES,
            Topic.ARTICLES_ENRICHED,
            Topic.ALERTS_STATE,
            Topic.ALERTS_ARTICLES,
            Topic.WATCHLIST_RULES,
        ),
        writes=(
            Topic.ALERTS,
            Topic.ALERTS_STATE,
            Topic.ALERTS_ARTICLES,
            Topic.ACTORS_COOCCURRENCES,  # what a corrected article takes back
            Topic.ARTICLES_ENRICHED_DEAD_LETTER,
            Topic.ACTORS_COOCCURRENCES_DEAD_LETTER,
            Topic.ALERTS_STATE_DEAD_LETTER,
            Topic.ALERTS_ARTICLES_DEAD_LETTER,
        ),
        group="sightline-alerts",
        groups=("", "-corrections"),
        transactions="-",  # the instance follows
    ),
    Role.NOTIFIER: Access(
        reads=(Topic.ALERTS, Topic.ALERTS_SILENCES),
        writes=(Topic.NOTIFICATIONS, Topic.ALERTS_DEAD_LETTER),
        group="sightline-notifier",
        groups=("-",),  # the receiver follows
        group_pattern=Pattern.PREFIX,
    ),
    Role.OPERATOR: Access(
        reads=(
            Topic.ALERTS,
            Topic.NOTIFICATIONS,
            Topic.WATCHLIST_ACTORS,
            Topic.WATCHLIST_RULES,
            Topic.ALERTS_SILENCES,
            *_DEAD_LETTERS,
        ),
        writes=(
            Topic.WATCHLIST_ACTORS,
            Topic.WATCHLIST_RULES,
            Topic.ALERTS_SILENCES,
            # Articles of files, and dead letters that are sent again.
            Topic.ARTICLES,
            Topic.ARTICLES_ENRICHED,
            Topic.ACTORS_COOCCURRENCES,
            Topic.ALERTS,
        ),
        creates=tuple(Topic),
        group="sightline-dead-letter-replay",
    ),
    Role.READER: Access(
        reads=(Topic.ALERTS,),
        group="sightline-reader",
        groups=("-",),  # what the subscriber calls itself follows
        group_pattern=Pattern.PREFIX,
    ),
}
