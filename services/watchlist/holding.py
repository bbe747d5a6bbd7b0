"""Hold actors and their names in little memory: an actor as the JSON of its topic, read again where somebody asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas import Actor, LinkMethod

OWN = "own"  # name of the list that somebody writes in our format


def is_own(actor: Actor) -> bool:
    """Whether an entry is the user's own, or known to the project; all others are of official lists."""
    return actor.loaded_as is None or actor.loaded_as == OWN


class HeldActor:
    """An actor that may be held as JSON."""

    __slots__ = ("_actor", "_json", "id", "listed", "same_as", "type", "watched")

    def __init__(self, actor: Actor, json: bytes | None = None) -> None:
        """Hold the JSON if it is given, else the actor."""
        self.id = actor.id
        self.type = actor.type
        self.watched = actor.watched
        # By somebody else than the user, who means each name as it is written.
        self.listed = not is_own(actor)
        self.same_as = actor.same_as
        self._json = json
        self._actor = actor if json is None else None

    @property
    def actor(self) -> Actor:
        """The actor: once it was asked for, always the same object."""
        if self._actor is None:
            self._actor = Actor.model_validate_json(self._json or b"")
            self._json = None
        return self._actor


class HeldActors(Mapping[str, Actor]):
    """Those who are held, by id, as they are now."""

    def __init__(self, held: Mapping[str, HeldActor]) -> None:
        self._held = held

    def __getitem__(self, actor_id: str) -> Actor:
        return self._held[actor_id].actor

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


@dataclass(slots=True, eq=False)  # not frozen, as that takes twice the time to make, and there are many
class Name:
    """One name of one actor, as the watchlist spells it or as it is worked out from there."""

    text: str
    held: HeldActor
    method: LinkMethod
    allowed: bool = False  # by an analyst

    @property
    def actor(self) -> Actor:
        """Whose name it is."""
        return self.held.actor

    @property
    def counts(self) -> bool:
        """Whether it counts wherever it is written; the names of official lists do where their setting agrees."""
        return self.allowed or (not self.held.listed and self.method is not LinkMethod.WEAK_ALIAS)
