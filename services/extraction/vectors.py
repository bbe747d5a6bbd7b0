"""Compute a spaCy model's token vectors in a fraction of the time: each word is embedded once and then looked up.

What spaCy's `MultiHashEmbed` makes of a word depends on nothing but its spelling, and news repeats its words. So the
embedding is kept, and only the layers that look at neighbouring words run for each text, as plain matrix products.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab

Floats = NDArray[np.float32]
Features = NDArray[np.uint64]

CAPACITY = 40_000  # words kept; each takes 384 bytes and a dictionary entry
_EPSILON = np.float32(1e-8)
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))  # odd, so that no part of a key is lost


@dataclass(frozen=True, slots=True)
class _Layer:
    """A maxout layer with layer normalisation; its weights are laid out so that the pieces stand side by side."""

    weights: Floats
    bias: Floats
    gain: Floats
    shift: Floats

    @classmethod
    def read(cls, maxout: Any, norm: Any) -> "_Layer":  # Any: thinc's models, typed by what goes in and out
        weights, bias = maxout.get_param("W"), maxout.get_param("b")
        width, pieces, inputs = weights.shape
        side_by_side = weights.transpose(2, 1, 0).reshape(inputs, pieces * width)
        return cls(
            np.ascontiguousarray(side_by_side),
            np.ascontiguousarray(bias.T).reshape(-1),
            norm.get_param("G"),
            norm.get_param("b"),
        )

    def apply(self, rows: Floats) -> Floats:
        """Return the layer's output for each row."""
        width = len(self.gain)
        pieces = rows @ self.weights
        pieces += self.bias
        best: Floats = np.maximum(pieces[:, :width], pieces[:, width : 2 * width])
        for start in range(2 * width, pieces.shape[1], width):
            np.maximum(best, pieces[:, start : start + width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", best, best)
        spread /= np.float32(width)
        spread += _EPSILON
        best *= (np.float32(1.0) / np.sqrt(spread))[:, None]
        best *= self.gain
        best += self.shift
        return best


class TokenVectors:
    """The token vectors of one `Tok2Vec` model. Not for several threads at once."""

    def __init__(self, tok2vec: Any, vocab: Vocab, *, capacity: int = CAPACITY) -> None:
        """Read the layers of the model.

        Args:
            tok2vec: A thinc model of spaCy's architectures `MultiHashEmbed` and `MaxoutWindowEncoder`, window 1.
            vocab: Holds the static vectors.
            capacity: Most words kept; when there are more, all are forgotten and learnt anew.
        """
        embed, encode = tok2vec.get_ref("embed"), tok2vec.get_ref("encode")
        self._columns: list[str] = _named(embed, "extract_features")[0].attrs["columns"]
        self._tables = sorted(_named(embed, "hashembed"), key=lambda table: int(table.attrs["column"]))
        self._static = np.ascontiguousarray(_named(embed, "static_vectors")[0].get_param("W").T)
        self._vocab = vocab
        self._mix = _layers(embed)[0]
        self._encoder = _layers(encode)
        self._words: dict[int, int] = {}
        self._vectors: Floats = np.empty((capacity, len(self._mix.gain)), dtype=np.float32)

    @property
    def gap(self) -> int:
        """Rows of padding around each text: as many as the layers see to each side."""
        return len(self._encoder)

    def padded(self, docs: Sequence[Doc]) -> tuple[Floats, list[int]]:
        """Return the vectors of all texts in one array, and the row where each text starts; padding is between them."""
        lengths = [len(doc) for doc in docs]
        starts = [self.gap, *accumulate((length + self.gap for length in lengths), initial=self.gap)][1:]
        rows: Floats = np.zeros((starts[-1], self._vectors.shape[1]), dtype=np.float32)
        if any(lengths):
            embedded = self._embedded(docs)
            reached = 0
            for start, length in zip(starts, lengths, strict=False):
                rows[start : start + length] = embedded[reached : reached + length]
                reached += length
        for layer in self._encoder:
            rows += layer.apply(_with_neighbours(rows))
        return rows, starts[:-1]

    def assign(self, docs: Sequence[Doc]) -> None:
        """Set `doc.tensor`, which is what components that share the model read."""
        rows: Any  # `tensor` is declared to hold doubles; single precision is what spaCy itself puts there
        rows, starts = self.padded(docs)
        for doc, start in zip(docs, starts, strict=True):
            doc.tensor = rows[start : start + len(doc)]

    def _embedded(self, docs: Sequence[Doc]) -> Floats:
        keys = np.concatenate([self._keys(doc) for doc in docs]).tolist()
        known = self._words
        places = [known.get(key, -1) for key in keys]
        if -1 in places:
            self._learn(keys, docs)
            places = [known[key] for key in keys]
        return self._vectors[places]

    def _keys(self, doc: Doc) -> Features:
        """What tells apart words that are embedded differently: the rest of the columns follows from the spelling."""
        spelling = features_of(doc, "ORTH", "NORM", "SPACY")
        keys: Features = spelling[:, 0] ^ (spelling[:, 1] * _MIX[0])
        if "SPACY" in self._columns:
            keys ^= spelling[:, 2] * _MIX[1]
        return keys

    def _learn(self, keys: Sequence[int], docs: Sequence[Doc]) -> None:
        new = {key: index for index, key in enumerate(keys) if key not in self._words}
        if len(self._words) + len(new) > len(self._vectors):
            self._words.clear()
            new = {key: index for index, key in enumerate(keys)}
            if len(new) > len(self._vectors):
                self._vectors = np.empty((len(new), self._vectors.shape[1]), dtype=np.float32)
        first = len(self._words)
        features = np.concatenate([features_of(doc, "ORTH", *self._columns) for doc in docs])[list(new.values())]
        self._vectors[first : first + len(new)] = self._embed(features)
        self._words.update(zip(new, range(first, first + len(new)), strict=True))

    def _embed(self, features: Features) -> Floats:
        """Embed words, each a row of its spelling and the columns."""
        parts = [table.predict(np.ascontiguousarray(features[:, 1 + i])) for i, table in enumerate(self._tables)]
        rows = self._vocab.vectors.find(keys=features[:, 0])
        static = np.asarray(self._vocab.vectors.data)[rows] @ self._static
        static[rows < 0] = 0
        return self._mix.apply(np.hstack([*parts, static]))


def features_of(doc: Doc, *names: str) -> Features:
    """Return these attributes of each token, one row a token."""
    return np.asarray(doc.to_array(list(names)), dtype=np.uint64).reshape(-1, len(names))


def _with_neighbours(rows: Floats) -> Floats:
    """Each row between those before and after it."""
    count, width = rows.shape
    wide = np.zeros((count, 3 * width), dtype=np.float32)
    wide[1:, :width] = rows[:-1]
    wide[:, width : 2 * width] = rows
    wide[:-1, 2 * width :] = rows[1:]
    return wide


def _named(model: Any, name: str) -> list[Any]:
    return [layer for layer in model.walk() if layer.name == name]


def _layers(model: Any) -> list[_Layer]:
    return [_Layer.read(*pair) for pair in zip(_named(model, "maxout"), _named(model, "layernorm"), strict=True)]
