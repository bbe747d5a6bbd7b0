"""Write states as JSON, and what never changes in them only once."""

from schemas import AlertState, CoOccurrence
from services.core.codec import encode

_PARTS = 50_000  # about 50 MB
_NO_EVIDENCE = b'"leads":[],"untold":[]'


class StateEncoder:
    """Encodes the states of alerts: the evidence, most of what they hold, stays as it is from one to the next."""

    def __init__(self) -> None:
        # By identity, which is that of no other object while the object is kept here.
        self._parts: dict[int, tuple[CoOccurrence, bytes]] = {}

    def encode(self, state: AlertState) -> bytes:
        """Return what `services.core.codec.encode` would."""
        bare = AlertState.model_construct(
            rule=state.rule,
            episodes=tuple(each.model_copy(update={"leads": (), "untold": ()}) for each in state.episodes),
        )
        # Inside of a JSON string the quotation marks would be escaped: this can only be the fields themselves.
        pieces = encode(bare).split(_NO_EVIDENCE)
        whole = pieces[0]
        for episode, piece in zip(state.episodes, pieces[1:], strict=True):
            whole += b'"leads":%b,"untold":%b%b' % (self._listed(episode.leads), self._listed(episode.untold), piece)
        return whole

    def _listed(self, cooccurrences: tuple[CoOccurrence, ...]) -> bytes:
        return b"[%b]" % b",".join(map(self._part, cooccurrences))

    def _part(self, cooccurrence: CoOccurrence) -> bytes:
        known = self._parts.get(id(cooccurrence))
        if known is None:
            if len(self._parts) >= _PARTS:
                self._parts.clear()
            known = self._parts[id(cooccurrence)] = (cooccurrence, encode(cooccurrence))
        return known[1]
