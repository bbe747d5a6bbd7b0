"""What two names have in common, as numbers that a sum of weights can judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import JaroWinkler, Levenshtein

from schemas import ActorType
from services.watchlist.forms import PATRONYMIC
from services.watchlist.likeness.company_words import company_words, split_forms
from services.watchlist.likeness.latin import LatinWord, Script, latin_words
from services.watchlist.likeness.word_pairs import SAME, WordPair, pair_words
from services.watchlist.word_counts import name_parts

TOO_LITTLE = "shares too little"
SAME_WORDS = "same words"
_ENOUGH = (
    1.5  # words that names share which are not the same altogether; of people, those that many are called count half
)
_UNLIKE = 0.65  # likeness of words that are hardly one
_SHORT, _SHORT_LOW = 4, 0.75  # letters of a word of which each tells, and the likeness it needs more than
_TWO_WORDS = 9  # letters of a word that may be two
_LOW = 0.75  # likeness below which two words are hardly one
_MANY = 3  # more of them tell no more
# Words of names of people that are often left out.
_PARTICLES = frozenset(
    {
        "al", "el", "bin", "ben", "ibn", "bint", "abu", "de", "la", "le", "von", "van", "der", "den", "da", "dos",
        "del", "di", "ould", "ul", "ur", "the", "of", "and", "mr", "mrs", "ms", "dr", "sheikh", "shaikh", "haji",
        "hajji", "mullah", "maulavi", "sir", "prof", "general", "president",
    }
)  # fmt: skip
# Of names of organisations also those, in English.
_SMALL_WORDS = frozenset(["a", "an", "as", "at", "by", "for", "from", "in", "into", "on", "or", "per", "to", "with"])
_NUMERALS = frozenset(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"])


@dataclass(frozen=True)
class _Name:
    """A name, analysed: its words without legal forms, and those forms."""

    words: tuple[LatinWord, ...]
    forms: frozenset[str]
    person: bool

    @cached_property
    def full(self) -> list[int]:
        """Which words are no particles."""
        return [at for at, word in enumerate(self.words) if not self.is_small(word)]

    def is_small(self, word: LatinWord) -> bool:
        """Whether it is a particle; no syllable is."""
        if word.script is Script.SYLLABLE:
            return False
        return word.text in _PARTICLES or (not self.person and word.text in _SMALL_WORDS)

    def size(self, at: Sequence[int]) -> int:
        """How many letters some words have."""
        return sum(len(self.words[i].text) for i in at)


def name_features(first: str, second: str, kind: ActorType) -> dict[str, float]:
    """Return the features of a pair of names of actors of one type; all of them each time.

    Empty where a name has no letters.
    """
    person = kind is ActorType.PERSON
    bare = person or kind in {ActorType.VESSEL, ActorType.AIRCRAFT}
    one, other = (_analyse(name, person=person, bare=bare) for name in (first, second))
    if not one.words or not other.words:
        return {}
    pairs = pair_words(one.words, other.words, person=person)
    telling = [pair for pair in pairs if not _is_small(pair, one)] or pairs
    features = _by_pairs(one, other, telling)
    rest, other_rest = _rest(one, pairs, 0), _rest(other, pairs, 1)
    if person and not (rest and other_rest):  # a patronymic is left out more often than not
        rest, other_rest = (
            [at for at in left if not PATRONYMIC.search(name.words[at].text)]
            for name, left in ((one, rest), (other, other_rest))
        )
    features |= _by_rest(one, other, telling, rest, other_rest)
    features |= _by_letters(one, other)
    # The order of syllables tells names apart.
    has_order = any(word.script is Script.SYLLABLE for word in (*one.words, *other.words))
    features[SAME_WORDS] = float(features["cover both"] == 1 and not (has_order and features["turned"]))
    features |= {
        "form one-sided": float(bool(one.forms) != bool(other.forms)),
        "form other": float(bool(one.forms) and bool(other.forms) and one.forms != other.forms),
        "form same": float(bool(one.forms) and one.forms == other.forms),
        "person": float(person),
        "vessel": float(kind is ActorType.VESSEL),
    }
    of_people = {
        f"person {name}": features[name] * person
        for name in (TOO_LITTLE, "least", "cover", "rest one", "rest both", "letters")
    }
    return features | of_people


def _analyse(name: str, *, person: bool, bare: bool) -> _Name:
    words = latin_words(name)
    if bare:
        return _Name(words, frozenset(), person)
    kept, forms = split_forms([word.text for word in words])
    return _Name(tuple(words[at] for at in kept), forms, person)


def _is_small(pair: WordPair, one: _Name) -> bool:
    return all(one.is_small(one.words[at]) for at in pair.first)


def _rest(name: _Name, pairs: Sequence[WordPair], side: int) -> list[int]:
    """Which words, particles aside, are in no pair."""
    paired = {at for pair in pairs for at in (pair.second if side else pair.first)}
    return [at for at in name.full if at not in paired]


def _by_pairs(one: _Name, other: _Name, pairs: Sequence[WordPair]) -> dict[str, float]:
    sizes = [max(one.size(pair.first), other.size(pair.second)) for pair in pairs]
    likenesses = [pair.likeness for pair in pairs]
    places = [pair.second[0] for pair in sorted(pairs, key=lambda pair: pair.first)]
    return {
        "mean": sum(map(_product, likenesses, sizes)) / sum(sizes) if sizes else 0.0,
        "least": min(likenesses, default=0.0),
        "low": float(min(likenesses, default=0.0) < _LOW),
        "same": float(min(_MANY, sum(likeness >= SAME for likeness in likenesses))),
        "turned": float(any(second < first for first, second in pairwise(places))),
    }


def _by_rest(
    one: _Name, other: _Name, pairs: Sequence[WordPair], rest: Sequence[int], other_rest: Sequence[int]
) -> dict[str, float]:
    sizes = [max(one.size(pair.first), other.size(pair.second)) for pair in pairs]
    alike = sum(map(_product, (pair.likeness for pair in pairs), sizes))
    left = one.size(rest), other.size(other_rest)
    words = [one.words[at].text for at in rest] + [other.words[at].text for at in other_rest]
    counts = len(one.full), len(other.full)
    unlike = [
        word.text
        for pair in pairs
        if pair.likeness < 1
        for word in (*(one.words[at] for at in pair.first), *(other.words[at] for at in pair.second))
    ]
    same = sum(size for pair, size in zip(pairs, sizes, strict=True) if pair.likeness >= SAME)
    return {
        "same share": same / max(1, sum(sizes) + max(left)),
        "cover": alike / max(1, sum(sizes) + max(left)),
        "cover both": alike / max(1, sum(sizes) + sum(left)),
        "rest both": float(bool(rest) and bool(other_rest)),
        "rest one": float(bool(rest) != bool(other_rest)),
        "rest words": float(min(_MANY, max(len(rest), len(other_rest)))),
        "rest common": float(any(word in company_words() for word in words)),
        TOO_LITTLE: float(max(counts) > 1 and _shares_little(one, other, pairs, rest, other_rest)),
        "single": float(min(counts) <= 1),
        "single of more": float(min(counts) <= 1 < max(counts)),
        "number other": float(any(_is_number(word, person=one.person) for word in (*words, *unlike))),
    }


def _shares_little(
    one: _Name, other: _Name, pairs: Sequence[WordPair], rest: Sequence[int], other_rest: Sequence[int]
) -> bool:
    """Whether what names share says nothing, as anybody may share it: one word of several, or but common ones."""
    if any(
        name.words[at].script is Script.SYLLABLE for name, left in ((one, rest), (other, other_rest)) for at in left
    ):
        return True
    shared = 0.0
    for pair in pairs:
        size = max(one.size(pair.first), other.size(pair.second))
        is_initial = (rest and one.size(pair.first) == 1) or (other_rest and other.size(pair.second) == 1)
        is_common = one.words[pair.first[0]].text in name_parts() and bool(rest or other_rest)
        are_two = len(pair.first) + len(pair.second) > 2 and size >= _TWO_WORDS
        is_unlike = pair.likeness <= (_UNLIKE if size > _SHORT else _SHORT_LOW)
        shared += 0.0 if is_initial or is_unlike else 2.0 if are_two else 0.5 if is_common else 1.0
    return shared < _ENOUGH


def _by_letters(one: _Name, other: _Name) -> dict[str, float]:
    joined = ["".join(word.text for word in name.words) for name in (one, other)]
    return {
        "beginning": JaroWinkler.similarity(*joined),
        "letters": Levenshtein.normalized_similarity(*joined),
    }


def _is_number(word: str, *, person: bool) -> bool:
    return word.isdigit() or (not person and word in _NUMERALS)


def _product(one: float, other: float) -> float:
    return one * other
