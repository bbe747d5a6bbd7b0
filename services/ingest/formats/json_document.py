"""Read a JSON document: one article, or an array of articles."""

from collections.abc import Iterator
from typing import BinaryIO

from services.core.codec import decode_utf8, parse_json
from services.core.errors import Unreadable
from services.ingest.items import Format, Item, rejected
from services.ingest.records import read_bounded, read_record

_MAX_BYTES = 256 * 1024 * 1024  # a document is parsed whole; in memory it takes a few times its size


def read(stream: BinaryIO, origin: str, *, max_text_bytes: int) -> Iterator[Item]:
    """Yield the article, or each article of the array."""
    try:
        raw = read_bounded(stream, _MAX_BYTES, advice="; write it as JSON Lines, which is read line by line")
        value = parse_json(decode_utf8(raw))
    except Unreadable as problem:
        yield rejected(origin, problem)
        return
    if not isinstance(value, list):
        value, places = [value], [""]
    else:
        places = [f"item {number}" for number in range(1, len(value) + 1)]
    for record, place in zip(value, places, strict=True):
        try:
            yield read_record(record, max_text_bytes=max_text_bytes)
        except Unreadable as problem:
            yield rejected(origin, problem, place=place)


FORMAT = Format(suffixes=(".json",), media_types=("application/json",), read=read)
