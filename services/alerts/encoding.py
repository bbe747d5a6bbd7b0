"""Write states as JSON, and what never changes in them only once."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from weakref import ref

from schemas import AlertState, Episode
from schemas.base import Message
from services.core.codec import encode

# Inside of a JSON string the quotation marks would be escaped: this can only be the fields themselves.
_EMPTY = re.compile(rb'("(?:articles|stories|leads|untold)":)\[\]')


class StateEncoder:
    """Encodes the states of alerts: most of what an episode lists stays as it is from one state to the next."""

    def __init__(self) -> None:
        # By identity, which is that of no other object until the reference tells that the object is gone.
        self._parts: dict[int, tuple[bytes, ref[Message]]] = {}

    def __len__(self) -> int:
        """Parts that are kept encoded: those that somebody else keeps."""
        return len(self._parts)

    def encode(self, state: AlertState) -> bytes:
        """Return what `services.core.codec.encode` would."""
        none: dict[str, object] = {"articles": {}, "stories": (), "leads": (), "untold": ()}
        bare = AlertState.model_construct(
            rule=state.rule, episodes=tuple(each.model_copy(update=none) for each in state.episodes)
        )
        lists = (listed for episode in state.episodes for listed in _lists(episode))
        return _EMPTY.sub(lambda field: field[1] + self._listed(next(lists)), encode(bare))

    def _listed(self, messages: Iterable[Message]) -> bytes:
        return b"[%b]" % b",".join([self._part(message) for message in messages])

    def _part(self, message: Message) -> bytes:
        identity = id(message)
        known = self._parts.get(identity)
        if known is None:
            known = self._parts[identity] = (encode(message), ref(message, partial(self._parts.pop, identity)))
        return known[0]


def _lists(episode: Episode) -> Iterator[Iterable[Message]]:
    """Yield what the pattern finds in an episode, in the order of its fields."""
    yield episode.articles.values()
    yield episode.stories
    yield episode.leads
    yield episode.untold
