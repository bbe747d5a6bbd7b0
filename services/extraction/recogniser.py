"""Find entities as spaCy's recogniser does, decision for decision, for a whole batch of texts at a time.

spaCy's transition system decides token by token. While no entity is open it looks at nothing but the token itself,
so these decisions are made for all tokens in a few matrix products; inside an entity only two choices are left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc

from services.extraction.vectors import Floats, TokenVectors, features_of

LONGEST = 60  # tokens; what is longer is no name but a text without sentences, and all that overlaps it would take long
_NEVER = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class Recognised:
    """An entity as the model sees it: a half-open stretch of the text it was given, with an OntoNotes label."""

    start: int
    end: int
    label: str


class Recogniser:
    """The entity recogniser of a spaCy model."""

    def __init__(self, component: Any) -> None:  # Any: spaCy's components are compiled, and untyped
        """Read the layers of the component.

        Args:
            component: spaCy's `ner`, of the architecture `TransitionBasedParser` with `state_type = "ner"`.
        """
        projected, lower, upper = component.model.layers
        tok2vec, _, linear = projected.layers
        self._vectors = TokenVectors(tok2vec, component.vocab)
        project, shift = linear.get_param("W"), linear.get_param("b")
        weights = _pieces_first(lower.get_param("W"))
        # A state is its token, the first token of the open entity, and the token before: 0, 1 and 2.
        self._weights = [np.ascontiguousarray((part @ project).T) for part in weights]
        bias = np.ascontiguousarray(lower.get_param("b").T).reshape(-1)
        own, *others = (part @ shift for part in weights)
        pad = _pieces_first(lower.get_param("pad")[0][..., None])[..., 0]
        self._outside_bias = bias + own + pad[1] + pad[2]
        self._inside_bias = bias + own + others[0] + others[1]
        # Not `component.move_names`, which leaves one move out, so that its places are not those of the scores.
        names = [component.moves.get_class_name(move) for move in range(component.moves.n_moves)]
        self._read_moves(names, upper.get_param("W"), upper.get_param("b"))

    def _read_moves(self, names: Sequence[str], scores: Floats, bias: Floats) -> None:
        moves = [name.partition("-")[::2] for name in names]
        row = {move: index for index, move in enumerate(moves)}
        opening = [index for index, (kind, label) in enumerate(moves) if (label and kind in "BU") or kind == "O"]
        self._moves = [moves[index] for index in opening]
        self._opening = np.ascontiguousarray(scores[opening].T), bias[opening]
        self._begin = np.array([kind == "B" for kind, _ in self._moves])
        self._names = np.array([kind != "O" for kind, _ in self._moves])
        # Inside an entity it goes on if this is positive, else the token is its last.
        self._going_on = {
            label: (scores[row["I", label]] - scores[row["L", label]], bias[row["I", label]] - bias[row["L", label]])
            for kind, label in moves
            if kind == "B" and label
        }

    def recognise(self, docs: Sequence[Doc]) -> Iterator[list[Recognised]]:
        """Yield the entities of each text, in order and without overlaps; none is longer than `LONGEST`."""
        vectors, starts = self._vectors.padded(docs)
        own = vectors @ self._weights[0]
        hidden = _best_piece(own + self._outside_bias)
        scores = hidden @ self._opening[0]
        scores += self._opening[1]
        for doc, start in zip(docs, starts, strict=True):
            end = start + len(doc)
            yield list(self._entities(doc, scores[start:end], vectors[start:end], own[start:end]))

    def _entities(self, doc: Doc, scores: Floats, vectors: Floats, own: Floats) -> Iterator[Recognised]:
        if not len(doc):
            return
        tokens = features_of(doc, "IDX", "LENGTH", "IS_SPACE")
        scores[-1, self._begin] = _NEVER  # the last token opens nothing that has a second one
        for blank in np.flatnonzero(tokens[:, 2]).tolist():
            scores[blank, self._names] = _NEVER
        choices = scores.argmax(axis=1)
        reached = 0
        for first in np.flatnonzero(self._names[choices]).tolist():
            if first < reached:
                continue
            kind, label = self._moves[choices[first]]
            last = first if kind == "U" else self._last(first, label, vectors, own)
            reached = last + 1
            if reached - first <= LONGEST:
                yield Recognised(int(tokens[first, 0]), int(tokens[last, 0] + tokens[last, 1]), label)

    def _last(self, first: int, label: str, vectors: Floats, own: Floats) -> int:
        """The last token of the entity that `first` opens."""
        direction, bias = self._going_on[label]
        opened = vectors[first] @ self._weights[1] + self._inside_bias
        last = first + 1
        while last + 1 < len(vectors):
            state = own[last] + opened + vectors[last - 1] @ self._weights[2]
            if _best_piece(state) @ direction + bias <= 0:
                break
            last += 1
        return last


def _pieces_first(weights: Floats) -> Floats:
    """Lay out (feature, output, piece, input) as (feature, piece and output, input)."""
    features, outputs, pieces, inputs = weights.shape
    return np.ascontiguousarray(weights.transpose(0, 2, 1, 3)).reshape(features, pieces * outputs, inputs)


def _best_piece(pieces: Floats) -> Floats:
    """The maximum of the two pieces that stand side by side."""
    width = pieces.shape[-1] // 2
    best: Floats = np.maximum(pieces[..., :width], pieces[..., width:])
    return best
