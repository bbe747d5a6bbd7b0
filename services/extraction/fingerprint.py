"""Give a text a fingerprint by which near duplicates are known without the texts: MinHash over runs of five words.

Computed here rather than with a library because the values are stored and compared across versions, machines and
years: they rest on CRC-32 and integer arithmetic alone, and a test pins them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

SIZE = 256  # digits; the estimate of a similarity of 0.8 then has a standard deviation of 0.026
_RUN = 5  # words that are taken together
_CHANCE = 1 / 16  # how often digits of unrelated texts are equal
_AT_ONCE = 2_048  # runs; keeps the working memory of a text of any length at 2 MB
_NUMBERS = 32_768  # about 16 MB

# Scripts that put no space between words: there each character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

_Hashes = npt.NDArray[np.uint32]


def fingerprint(text: str) -> str | None:
    """Return 256 hexadecimal digits that depend on the text alone, or None if it holds no word.

    Letter case, punctuation, white space and line breaks do not matter.
    """
    words = [crc32(word.encode("utf-8", "surrogatepass")) for word in _words(text)]
    if not words:
        return None
    smallest = np.full(SIZE, np.iinfo(np.uint32).max, dtype=np.uint32)
    multipliers, increments = _orders()
    for runs in _runs(np.array(words, dtype=np.uint32)):
        ordered = np.multiply.outer(multipliers, runs)
        ordered += increments[:, np.newaxis]
        np.minimum(smallest, ordered.min(axis=1), out=smallest)
    digits = (_mixed(smallest) >> np.uint32(28)).astype(np.uint8)
    return (digits[0::2] << 4 | digits[1::2]).tobytes().hex()


def similarity(first: str, second: str) -> float:
    """Estimate how much of their wording two texts share, from their fingerprints.

    Texts that are written anew every year, such as notices that prolong an emergency, are as alike as copies of one
    text: what tells them apart is when they were published, so compare that too.

    Returns:
        The runs of five words that both hold, as a share of those that either holds (Jaccard), estimated between 0 and
        1. At 0.75 and above texts are versions of one another; texts with nothing in common stay under 0.1.
    """
    one, other = _number(first), _number(second)
    if one is None or other is None or len(first) != len(second):  # of another version, or nothing of ours
        return 0.0
    apart = one ^ other
    # Of each digit, the lowest bit now tells whether any of its four differs.
    apart |= apart >> 2
    apart |= apart >> 1
    equal = 1 - (apart & _lowest_bits(len(first))).bit_count() / len(first)
    return max(0.0, (equal - _CHANCE) / (1 - _CHANCE))


def find_alike(fingerprint: str, others: Iterable[str | None], *, at_least: float) -> Iterator[int]:
    """Yield the index of each of `others` with at least that `similarity`, which is above 0."""
    number, size = _number(fingerprint), len(fingerprint)
    if number is None:
        return
    # A digit has four bits: of those that may differ, no more than these do. Of unrelated texts, half do.
    most = 4 * size * (1 - at_least) * (1 - _CHANCE) + 0.5
    prints = [other or "" for other in others]
    numbers = enumerate(map(_number, prints))
    near = [index for index, known in numbers if known is not None and (number ^ known).bit_count() <= most]
    for index in near:
        if similarity(fingerprint, prints[index]) >= at_least:
            yield index


@lru_cache(_NUMBERS)
def _number(digits: str) -> int | None:
    try:
        return int(digits, 16)
    except ValueError:
        return None


@lru_cache(4)
def _lowest_bits(size: int) -> int:
    return int("1" * size, 16)


def _words(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold()))


def _runs(words: _Hashes) -> Iterator[_Hashes]:
    """Hashes of the runs of words, some at a time; a text of fewer words is one run."""
    length = min(_RUN, len(words))
    count = len(words) - length + 1
    for start in range(0, count, _AT_ONCE):
        stop = min(start + _AT_ONCE, count)
        run = np.zeros(stop - start, dtype=np.uint32)
        for position in range(length):
            run = _mixed(run + words[start + position : stop + position])
        yield run


@cache
def _orders() -> tuple[_Hashes, _Hashes]:
    """For each digit, an order of all runs: the factor (odd) and summand of a hash whose least value is looked for."""
    numbers = np.arange(1, SIZE + 1, dtype=np.uint32)
    return _mixed(numbers) | np.uint32(1), _mixed(numbers + np.uint32(SIZE))


def _mixed(values: _Hashes) -> _Hashes:
    """Spread every bit over all (the finaliser of MurmurHash3); arithmetic is modulo 2**32."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))
