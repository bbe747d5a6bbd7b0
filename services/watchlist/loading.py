"""Work out what becomes of the watchlist when lists are loaded: only what differs is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas import Actor
from services.core.codec import encode
from services.core.errors import ConfigurationError
from services.core.identity import is_decision
from services.watchlist.links import link


class Fate(StrEnum):
    """What becomes of an entry."""

    ADDED = "added"
    AMENDED = "amended"
    RELINKED = "relinked"  # an entry of another list, which is now linked to other entries than before
    DELISTED = "delisted"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading would change.

    Attributes:
        changes: By actor id what is to be written; None for an entry that is delisted.
        fates: By actor id, of all entries of the loaded lists and of those that are relinked.
        names: By actor id, for people.
        held: For each loaded list, how many entries it has before.
        delisted: For each loaded list, how many of those it loses.
    """

    changes: dict[str, bytes | None] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    delisted: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> Counter[Fate]:
        """How many entries have which fate."""
        return Counter(self.fates.values())


class ListShrank(ConfigurationError):  # noqa: N818 - says what happened
    """A list holds so much less than before that it may be a part of it, or another list."""


def plan_load(held: Mapping[str, Actor], lists: Mapping[str, Iterable[Actor]]) -> Plan:
    """Return what loading lists changes.

    Args:
        held: The watchlist as it is, by actor id.
        lists: The entries of each list, by the name under which it is loaded; they take the place of all that were
            loaded under that name before.

    Raises:
        ConfigurationError: An id stands on another list already.
    """
    plan = Plan()
    others = {identity: actor for identity, actor in held.items() if actor.loaded_as not in lists}
    wanted = _wanted(others, lists)
    links = link([*others.values(), *wanted.values()])
    for identity, actor in (*others.items(), *wanted.items()):
        linked = _linked(actor, links.get(identity, ()))
        before = held.get(identity)
        fate = _fate(before, linked, is_loaded=identity in wanted)
        if fate is not Fate.UNCHANGED:
            plan.changes[identity] = encode(linked)
        if identity in wanted or fate is not Fate.UNCHANGED:
            plan.fates[identity], plan.names[identity] = fate, actor.name
    for identity, actor in held.items():
        name = actor.loaded_as
        if name is None or name not in lists:
            continue
        plan.held[name] += 1
        if identity not in wanted:
            plan.changes[identity], plan.fates[identity], plan.names[identity] = None, Fate.DELISTED, actor.name
            plan.delisted[name] += 1
    return plan


def require_no_shrinking(plan: Plan, most: float) -> None:
    """Refuse a plan by which a list loses more than a share of its entries.

    Args:
        plan: The plan.
        most: The share, from 0 to 1.

    Raises:
        ListShrank: Says by how much, and how it can be done all the same.
    """
    for name, lost in sorted(plan.delisted.items()):
        share = lost / plan.held[name]
        if share > most:
            msg = (
                f"list `{name}` would lose {lost:,} of its {plan.held[name]:,} entries ({share:.0%}), more than "
                f"{most:.0%}: if that is meant, say --max-shrink {min(1.0, share + 0.005):.2f}; nothing was changed"
            )
            raise ListShrank(msg)


def _wanted(others: Mapping[str, Actor], lists: Mapping[str, Iterable[Actor]]) -> dict[str, Actor]:
    wanted: dict[str, Actor] = {}
    for name, actors in lists.items():
        for actor in actors:
            if is_decision(actor.id.encode()):
                msg = f"id `{actor.id}` begins as the keys of decisions do; nothing was changed"
                raise ConfigurationError(msg)
            there = others.get(actor.id) or wanted.get(actor.id)
            if there is not None and there.loaded_as != name:
                msg = f"id `{actor.id}` ({actor.name}) stands on list `{there.loaded_as}` already; nothing was changed"
                raise ConfigurationError(msg)
            wanted[actor.id] = (_merged(there, actor) if there else actor).model_copy(update={"loaded_as": name})
    return wanted


def _merged(one: Actor, other: Actor) -> Actor:
    """An entry that stands in two files of one list, as OFAC gives out two with the numbers of one register."""
    both = {
        name: tuple(dict.fromkeys((*value, *getattr(other, name))))
        for name, value in one
        if isinstance(value, tuple) and value != getattr(other, name)
    }
    return one.model_copy(update=both)


def _linked(actor: Actor, same_as: tuple[str, ...]) -> Actor:
    return actor if actor.same_as == same_as else actor.model_copy(update={"same_as": same_as})


def _fate(before: Actor | None, after: Actor, *, is_loaded: bool) -> Fate:
    if before is None:
        return Fate.ADDED
    if before == after:
        return Fate.UNCHANGED
    return Fate.AMENDED if is_loaded else Fate.RELINKED
