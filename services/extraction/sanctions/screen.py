"""Tell at a glance whether a text may hold a word for a measure: most texts hold none, and need no parse."""

import re
from collections.abc import Collection, Iterable, Mapping

from ahocorasick_rs import AhoCorasick


class Screen:
    """Looks for phrases, and for words that count only beside certain others ("banned" beside "imports").

    One pass of an automaton over the text settles nearly all; what it finds inside other words ("ban" in "urban") is
    looked at again with patterns.
    """

    def __init__(self, phrases: Iterable[str], paired: Mapping[frozenset[str], Collection[str]]) -> None:
        """Compile the screen.

        Args:
            phrases: Lower case; any white space may stand between their words.
            paired: For each set of things, the words that count beside one of them; lemmas, lower case.
        """
        alone = sorted(set(phrases))
        spaced = (r"\s+".join(map(re.escape, phrase.split())) for phrase in alone)
        self._phrases = re.compile(rf"\b(?:{'|'.join(spaced)})\b")
        self._pairs = [
            (re.compile(_any_of(forms(words))), re.compile(_any_of(forms(things))))
            for things, words in sorted(paired.items(), key=lambda pair: sorted(pair[0]))
        ]
        words = forms(word for group in paired.values() for word in group)
        literals = [*(phrase.split()[-1] for phrase in alone), *sorted(words)]
        self._alone = len(alone)
        self._glance = AhoCorasick(literals)

    def passes(self, text: str) -> bool:
        """Whether the text may hold a word for a measure."""
        lower = text.lower()  # patterns that ignore case are several times as slow
        seen = {literal for literal, _, _ in self._glance.find_matches_as_indexes(lower, overlapping=True)}
        if not seen:
            return False
        if min(seen) < self._alone and self._phrases.search(lower) is not None:
            return True
        return max(seen) >= self._alone and any(
            word.search(lower) and thing.search(lower) for word, thing in self._pairs
        )


def forms(lemmas: Iterable[str]) -> set[str]:
    """Return every form that verbs and nouns may have, and some that none has: "banned", "carries", "froze"."""
    found: set[str] = set()
    for lemma in lemmas:
        stem, without_y = lemma.removesuffix("e"), lemma.removesuffix("y")
        found |= {lemma, f"{lemma}s", f"{lemma}es", f"{stem}ed", f"{stem}ing", f"{without_y}ies", f"{without_y}ied"}
        found |= {f"{lemma}{lemma[-1]}ed", f"{lemma}{lemma[-1]}ing"}
        if stem.endswith("freez"):
            found |= {f"{stem[:-3]}oze", f"{stem[:-3]}ozen"}
    return found


def _any_of(words: Iterable[str]) -> str:
    return rf"\b(?:{'|'.join(sorted(map(re.escape, words)))})\b"
