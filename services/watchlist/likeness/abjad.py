"""Read words of Arabic and Hebrew script, most of whose vowels are not written, as Latin letters may have them."""

import re
from functools import lru_cache

# Consonants that romanisations exchange: of Latin and of transliterated letters alike.
_CONSONANTS = tuple(
    (re.compile(letters), one)
    for letters, one in (
        ("[kg]h", "h"),
        ("th", "t"),
        ("dh", "d"),
        ("ck|[qcg]", "k"),
        ("z", "s"),
        ("ph|v", "f"),
        ("dj", "j"),
    )
)
# What a letter that stands for a long vowel, or is silent at the end, may be written as.
_WRITTEN = {"a": "[aeio]+", "w": "(?:[uow]+|f)", "y": "(?:e?i+e?|ee|[aei]?y+|ij)"}
_UNWRITTEN = "(?:[aeiou]|ou|oo|ee|aa)?"
_AT_START = "[aeiou]+"  # alef, ayn
_AT_END = "(?:[ae]h?)?"
_REMEMBERED = 50_000


def may_be_read(consonants: str, letters: str) -> bool:
    """Whether Latin letters may be a reading of a word.

    Args:
        consonants: A word of Arabic or Hebrew script, letter by letter in Latin ones: mhmd, hsyn.
        letters: A word in Latin letters, lower case: muhammad, hussein.
    """
    return _readings(consonants).fullmatch(_exchanged(letters)) is not None


@lru_cache(_REMEMBERED)
def _readings(consonants: str) -> re.Pattern[str]:
    letters = _exchanged(consonants)
    if letters.endswith("h") and len(letters) > 1:
        letters = letters[:-1]  # silent, or it is allowed at the end
    pattern = _AT_START if letters.startswith("a") else ""
    for letter in letters.removeprefix("a"):
        is_behind_vowel = not pattern or pattern.endswith((*_WRITTEN.values(), _AT_START))
        pattern += ("" if is_behind_vowel else _UNWRITTEN) + _WRITTEN.get(letter, f"{letter}+")
    return re.compile(pattern + _AT_END)


@lru_cache(_REMEMBERED)
def _exchanged(word: str) -> str:
    for letters, one in _CONSONANTS:
        word = letters.sub(one, word)
    return word
