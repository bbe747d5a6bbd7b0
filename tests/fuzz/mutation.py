"""Spoil a seed in ways that are random and repeatable: the same number gives the same input."""

import random
from collections.abc import Callable, Sequence

# What parsers stumble over: ends of numbers, of Unicode and of nesting, and each other's marks.
TOKENS: tuple[bytes, ...] = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *(
            '"',
            "'",
            "\\",
            "\n",
            "\r\n",
            "\t",
            "\x00",
            "\x1a",
            "\ufeff",
            "\u2028",
            "\u200b",
            "\u0301",
            "\ufffd",
            "\U0010ffff",
        ),
        *(
            "{",
            "}",
            "[",
            "]",
            "<",
            ">",
            "&",
            ";",
            ",",
            ":",
            "=",
            "|",
            "--",
            "/*",
            "]]>",
            "<![CDATA[",
            "<!--",
            "<?xml",
            "&#0;",
        ),
        *("null", "true", "NaN", "-0", "1e999", "9" * 400, "-1", "0x10", "\\ud800", "\\u0000", "%s", "{}", "\ud800"),
        *(
            "&amp;",
            "&lt;",
            "&#x110000;",
            "&nbsp;",
            "<p>",
            "</p>",
            "<br/>",
            "<svg>",
            "<table>",
            '<a href="//[">',
            "<base href=x>",
        ),
        *(
            "text",
            "title",
            "id",
            "url",
            "http://[",
            "https://x.example/%zz",
            "2023-02-30",
            "0000-00-00",
            "99/99/9999",
            "-0- ",
        ),
        *("sanctions", "Vladimir Putin", "the EU", "U.S.", "“", "”", "’s", "—", "习近平", "😀", "İ", "ß", "..."),
        *("!!python/object:os.system ", "*a", "&a ", "- ", "? ", "actors:", "<<: ", "%YAML 9.9\n", "--- "),
    )
)
_LONGEST = 20_000
_WELL_ENCODED = 0.7  # of the inputs, or most would be refused for their encoding alone
Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutate(seeds: Sequence[bytes], number: int, salt: str) -> bytes:
    """Return input `number` of a target: one of its seeds, spoiled once or several times.

    Args:
        seeds: Of the target.
        number: Which input.
        salt: Name of the target, so that targets differ.
    """
    chance = random.Random(f"{salt}-{number}")
    raw = chance.choice(seeds)
    for _ in range(1 + int(chance.expovariate(0.6))):
        raw = chance.choice(_MUTATIONS)(chance, raw, seeds)
    if chance.random() < _WELL_ENCODED:
        raw = raw.decode("utf-8", "ignore").encode()
    return raw[:_LONGEST]


def _place(chance: random.Random, raw: bytes) -> int:
    return chance.randint(0, len(raw))


def _piece(chance: random.Random, raw: bytes) -> tuple[int, int]:
    start = _place(chance, raw)
    return start, min(len(raw), start + 1 + int(chance.expovariate(0.05)))


def _flip(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(raw)
    for _bit in range(min(len(raw), chance.choice((1, 1, 2, 8)))):
        changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _insert(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(chance, raw)
    return raw[:at] + chance.choice(TOKENS) + raw[at:]


def _replace(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _piece(chance, raw)
    return raw[:start] + chance.choice(TOKENS) + raw[end:]


def _remove(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _piece(chance, raw)
    return raw[:start] + raw[end:]


def _repeat(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _piece(chance, raw)
    return raw[:end] + raw[start:end] * chance.choice((1, 2, 5, 50)) + raw[end:]


def _move(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _piece(chance, raw)
    rest = raw[:start] + raw[end:]
    at = _place(chance, rest)
    return rest[:at] + raw[start:end] + rest[at:]


def _splice(chance: random.Random, raw: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return raw[: _place(chance, raw)] + other[_place(chance, other) :]


def _cut(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    return raw[: _place(chance, raw)]


def _nest(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    opening, closing = chance.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"<div>", b"</div>"), (b"(", b")"), (b"\xe2\x80\x9c", b"\xe2\x80\x9d"))
    )
    depth, at = chance.choice((3, 30, 300, 2_000)), _place(chance, raw)
    return raw[:at] + opening * depth + raw[at:] + closing * (depth if chance.random() < 0.5 else 0)


def _noise(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(chance, raw)
    return raw[:at] + chance.randbytes(chance.choice((1, 4, 32))) + raw[at:]


def _letters(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    letters = "".join(chr(chance.choice((chance.randrange(32, 127), chance.randrange(0xA0, 0x3000)))) for _ in range(8))
    at = _place(chance, raw)
    return raw[:at] + letters.encode() + raw[at:]


def _recode(chance: random.Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "shift_jis"))
    return raw.decode("utf-8", "replace").encode(encoding, "replace")


_MUTATIONS: tuple[Mutation, ...] = (
    *(_insert, _insert, _replace, _replace, _remove, _remove, _repeat, _move, _splice, _cut, _letters),
    *(_flip, _nest, _noise, _recode),
)
