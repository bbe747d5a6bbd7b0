"""Give parsed words their part of speech and morphology by spaCy's rules, each kind of word looked up only once.

Nearly every rule of the attribute ruler looks at a single word: its spelling, tag and dependency. So what the rules
make of such a word is kept; where a rule of several words fits, the ruler itself reads the sentence.
"""

from typing import Any

import numpy as np
from spacy.matcher import Matcher
from spacy.tokens import Doc

from services.extraction.vectors import features_of

CAPACITY = 50_000  # kinds of words kept


class AttributeRules:
    """The rules of a spaCy `attribute_ruler`. Not for several threads at once."""

    def __init__(self, ruler: Any, *, capacity: int = CAPACITY) -> None:  # Any: spaCy's components are barely typed
        """Sort the rules.

        Args:
            ruler: The component, whose rules look at `ORTH`, what follows from it, `TAG` and `DEP`.
            capacity: Most kinds of words kept; when there are more, all are forgotten and learnt anew.
        """
        self._ruler = ruler
        self._phrases = Matcher(ruler.vocab)
        for number, rule in enumerate(ruler.patterns):
            if longer := [pattern for pattern in rule["patterns"] if len(pattern) > 1]:
                self._phrases.add(str(number), longer)
        self._set = sorted({attribute for rule in ruler.patterns for attribute in rule["attrs"]})
        self._capacity = capacity
        self._known: dict[tuple[int, int, int], list[int]] = {}

    def apply(self, doc: Doc) -> None:
        """Set what the rules say of each word: part of speech, morphology, the lemmas that are exceptions.

        Args:
            doc: Has tags and dependencies.
        """
        if self._phrases(doc, allow_missing=True):
            self._ruler(doc)
            return
        kinds = [(spelling, tag, dep) for spelling, tag, dep in features_of(doc, "ORTH", "TAG", "DEP").tolist()]
        if len(self._known) + len(kinds) > self._capacity:
            self._known.clear()
        for kind in kinds:
            if kind not in self._known:
                self._known[kind] = self._look_up(doc, kind)
        attributes: Any = np.array([self._known[kind] for kind in kinds], dtype=np.uint64)  # spaCy's own type of array
        doc.from_array(self._set, attributes.reshape(-1, len(self._set)))

    def _look_up(self, doc: Doc, kind: tuple[int, int, int]) -> list[int]:
        spelling, tag, dep = kind
        alone = Doc(doc.vocab, words=[doc.vocab.strings[spelling]])
        alone[0].tag, alone[0].dep = tag, dep
        self._ruler(alone)
        found: list[int] = features_of(alone, *self._set)[0].tolist()
        return found
