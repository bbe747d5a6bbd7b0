"""Spellings of a word that stand for one another: Cyrillic and Latin, forms of given names, endings of surnames."""

from functools import cache
from importlib import resources

from services.watchlist.folding import fold
from services.watchlist.words import plain_word

_ENDINGS = {
    ending.encode(): group[0].encode()
    for group in (
        ("sky", "ski", "skiy", "skyy", "skyi", "skii", "skij"),  # Zelensky, Zelenskyy
        ("enko", "enka"),  # Lukashenko, Lukashenka
        ("ev", "yov", "eyev", "yev"),
    )
    for ending in group
}
_LONGEST_FIRST = tuple(sorted(_ENDINGS, key=len, reverse=True))
_LEAST_STEM = 3  # letters before the ending
_REMEMBERED = 200_000
# As passports and news agencies write Cyrillic in Latin, of folded letters ("й" is "и").
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)),
        **dict(zip("іїґєў", ("i", "i", "g", "ye", "u"), strict=True)),
        "ж": "zh", "\u0445": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
    }
)  # fmt: skip
_CYRILLIC = (b"\xd0", b"\xd1", b"\xd2")  # first bytes of a letter


class Spellings(dict[bytes, bytes]):
    """For each word of a text, the one that stands for all its spellings. Works out each word once.

    "Аляксандр", "Aliaksandr" and "Alexander" are all "aleksandr"; most words are themselves.
    """

    def __missing__(self, word: bytes) -> bytes:
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = standard = standard_word(word)
        return standard


def to_latin(word: bytes) -> bytes:
    """Return a folded Cyrillic word in Latin letters, and any other word as it is."""
    return word.decode("utf-8", "surrogatepass").translate(_LATIN).encode() if word.startswith(_CYRILLIC) else word


def standard_word(word: bytes) -> bytes:
    """Return the spelling that stands for all spellings of a word."""
    given = _given_names()
    folded = plain_word(word)
    latin = to_latin(folded)
    if standard := given.get(folded) or given.get(latin):
        return standard
    for ending in _LONGEST_FIRST if latin.endswith(_LONGEST_FIRST) else ():
        if latin.endswith(ending) and len(latin) >= len(ending) + _LEAST_STEM:
            return latin[: -len(ending)] + _ENDINGS[ending]
    return latin


@cache
def _given_names() -> dict[bytes, bytes]:
    lines = (resources.files("services.watchlist") / "data" / "given_name_forms.txt").read_text("utf-8").splitlines()
    names: dict[bytes, bytes] = {}
    for line in lines:
        if line and not line.startswith("#"):
            original, *latin = (fold(name).encode() for name in line.split())
            for name in (original, *latin):
                names.setdefault(name, latin[0])
    return names
