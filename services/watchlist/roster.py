"""Whose names are looked for: everybody on the watchlist as it is now, and the known actors that it lacks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from operator import attrgetter

from schemas import Actor, ActorType, NameDecision, Verdict
from services.core.codec import encode
from services.core.identity import decision_key
from services.watchlist.folding import fold, plain
from services.watchlist.holding import Name
from services.watchlist.known import NAME_KINDS, known_actors
from services.watchlist.matcher import NameMatch, NameMatcher
from services.watchlist.version import ContentVersion

_PUBLIC = frozenset(
    {ActorType.STATE, ActorType.UNION, ActorType.GOVERNMENT_BODY, ActorType.ORGANISATION, ActorType.PLACE}
)
_KINDS_OF = attrgetter(*NAME_KINDS)


class Roster:
    """A watchlist that can be changed entry by entry. Not for several threads at a time.

    An entry with the id of a known actor replaces it. One with its name takes its place under the entry's own id, and
    is given the other names that are known: whoever lists "Russia" need not think of "Moscow" and "Russians".
    """

    def __init__(self, watchlist: Iterable[Actor] = ()) -> None:
        self._matcher = NameMatcher(known_actors())
        self._version = ContentVersion()
        self._listed: dict[str, bytes] = {}
        self._decisions: dict[str, dict[str, Verdict]] = {}  # by actor id, and then by plain name
        self._decided: dict[str, bytes] = {}  # by key, as they are written
        self.watched = 0  # of the entries
        self.names = 0  # of the entries, each counted once
        self._displaced: Counter[str] = Counter()  # known actors, by how many entries are there in their place
        for actor in watchlist:
            self.put(actor, encode(actor))

    def __len__(self) -> int:
        """How many entries the watchlist has."""
        return len(self._listed)

    @property
    def version(self) -> str:
        """Digest of the watchlist; the same whatever way led to what it holds."""
        return str(self._version)

    @property
    def actors(self) -> Mapping[str, Actor]:
        """Everybody whose names are looked for, by id."""
        return self._matcher.actors

    def match(self, text: str) -> list[NameMatch]:
        """Return the names in a text, in order and without overlaps."""
        matches = self._matcher.match(text)
        if not self._decisions:
            return matches
        decided = (match._replace(names=tuple(self._as_decided(match, text))) for match in matches)
        return [match for match in decided if match.names]

    def decide(self, decision: NameDecision, json: bytes) -> None:
        """Take a name for an actor's always, or never, whatever was decided of it before."""
        key = decision_key(decision.actor_id, plain(decision.name))
        self.undecide(key)
        self._decisions.setdefault(decision.actor_id, {})[plain(decision.name)] = decision.verdict
        self._decided[key] = json
        self._version.add(key.encode(), json)

    def undecide(self, key: str) -> None:
        """Forget a decision, if there is one under this key."""
        json = self._decided.pop(key, None)
        if json is None:
            return
        self._version.remove(key.encode(), json)
        decision = NameDecision.model_validate_json(json)
        names = self._decisions[decision.actor_id]
        del names[plain(decision.name)]
        if not names:
            del self._decisions[decision.actor_id]

    def _as_decided(self, match: NameMatch, text: str) -> Iterator[Name]:
        written = plain(text[match.start : match.end])
        for name in match.names:
            decisions = self._decisions.get(name.held.id, {})
            verdict = decisions.get(written) or decisions.get(plain(name.text))
            if verdict is None:
                yield name
            elif verdict is Verdict.ALLOW:
                yield replace(name, allowed=True)

    def canonical(self, name: Name) -> Name:
        """Return the name as that of the entry that stands for all entries of its bearer."""
        return self._matcher.canonical(name)

    def put(self, actor: Actor, json: bytes) -> None:
        """Add an entry, or change the one with its id.

        Args:
            actor: The entry.
            json: The same as it is written.
        """
        self.remove(actor.id)
        key = actor.id.encode()
        self._listed[actor.id] = json
        self._version.add(key, json)
        self.watched += actor.watched
        self.names += _count_names(actor)
        same = _namesake(actor)
        if same is None:
            self._matcher.put(actor, json)
        else:
            self._matcher.put(_completed(actor, same))
        for known_id in _places(actor, same):
            self._displaced[known_id] += 1
            if known_id not in self._listed:
                self._matcher.remove(known_id)

    def remove(self, actor_id: str) -> None:
        """Take an entry out, if it is there."""
        json = self._listed.pop(actor_id, None)
        if json is None:
            return
        self._version.remove(actor_id.encode(), json)
        actor = Actor.model_validate_json(json)
        self.watched -= actor.watched
        self.names -= _count_names(actor)
        self._matcher.remove(actor_id)
        for known_id in _places(actor, _namesake(actor)):
            self._displaced[known_id] -= 1
            if not self._displaced[known_id]:
                self._matcher.put(_known_by_id()[known_id])


def _count_names(actor: Actor) -> int:
    return 1 + sum([len(names) for names in _KINDS_OF(actor)])


def _places(actor: Actor, same: Actor | None) -> set[str]:
    """Ids of the known actors whose places an entry takes."""
    ids = {actor.id} if actor.id in _known_by_id() else set()
    return ids if same is None else {*ids, same.id}


def _namesake(actor: Actor) -> Actor | None:
    """The known actor that an entry is under another id; a company or person that is called like a state is none."""
    same = _known_by_name().get(fold(actor.name)) if actor.type in _PUBLIC else None
    return None if same is None or same.id == actor.id else same


def _completed(actor: Actor, known: Actor) -> Actor:
    """The actor with the names of the known one beside its own."""
    names = {kind: (*getattr(actor, kind), *getattr(known, kind)) for kind in NAME_KINDS}
    names["aliases"] = (*names["aliases"], known.name)
    return actor.model_copy(update={kind: tuple(dict.fromkeys(listed)) for kind, listed in names.items()})


@cache
def _known_by_id() -> dict[str, Actor]:
    return {actor.id: actor for actor in known_actors()}


@cache
def _known_by_name() -> dict[str, Actor]:
    return {fold(name): actor for actor in known_actors() for name in (actor.name, *actor.acronyms)}
