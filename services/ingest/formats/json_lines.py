"""Read JSON Lines: one article a line. A bad line is one item; the lines after it are read."""

from collections.abc import Iterator
from typing import BinaryIO

from schemas import Reason
from services.core.codec import decode_utf8, parse_json
from services.core.errors import Unreadable
from services.ingest.items import Format, Item, rejected
from services.ingest.records import read_record

# JSON may write each byte of a text as \uXXXX, and title, extra and the rest stand beside it.
_ESCAPED = 6
_BESIDE_TEXT_BYTES = 1_000_000


def read(stream: BinaryIO, origin: str, *, max_text_bytes: int) -> Iterator[Item]:
    """Yield the article of each line that is not blank."""
    max_line_bytes = _ESCAPED * max_text_bytes + _BESIDE_TEXT_BYTES
    for number, first_byte, raw in _lines(stream, max_line_bytes):
        try:
            body = _decode(raw, first_byte, max_line_bytes)
            if body.strip():
                yield read_record(parse_json(body), max_text_bytes=max_text_bytes)
        except Unreadable as problem:
            yield rejected(origin, problem, place=f"line {number}")


def _decode(raw: bytes, first_byte: int, max_line_bytes: int) -> str:
    if len(raw) > max_line_bytes:
        raise Unreadable(Reason.TEXT_TOO_LARGE, f"longer than {max_line_bytes:,} bytes, the limit of a line")
    return decode_utf8(raw, first_byte=first_byte)


def _lines(stream: BinaryIO, max_line_bytes: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield number, place and bytes of each line; of a line that is too long, only its start."""
    number, first_byte = 0, 0
    while raw := stream.readline(max_line_bytes + 1):
        number += 1
        yield number, first_byte, raw
        first_byte += len(raw)
        while len(raw) > max_line_bytes and not raw.endswith(b"\n") and (rest := stream.readline(max_line_bytes + 1)):
            first_byte += len(rest)
            raw = rest if rest.endswith(b"\n") else raw


FORMAT = Format(
    suffixes=(".jsonl", ".ndjson"),
    media_types=("application/x-ndjson", "application/jsonl", "application/x-jsonlines"),
    read=read,
)
