"""Read a plain text file as one article: the text exactly as it stands, so that offsets hold in the file too."""

from collections.abc import Iterator
from typing import BinaryIO

from schemas import Reason
from services.core.codec import decode_utf8, read_article
from services.core.errors import Unreadable
from services.ingest.items import Format, Item, rejected

_BOM_BYTES = 3


def read(stream: BinaryIO, origin: str, *, max_text_bytes: int) -> Iterator[Item]:
    """Yield the one article that the stream is."""
    try:
        body = decode_utf8(_read_text(stream, max_text_bytes))
        yield read_article({"text": body}, max_text_bytes=max_text_bytes)
    except Unreadable as problem:
        yield rejected(origin, problem)


def _read_text(stream: BinaryIO, max_text_bytes: int) -> bytes:
    raw = stream.read(max_text_bytes + _BOM_BYTES + 1)  # enough to see that it is too much, and no more
    if len(raw) > max_text_bytes + _BOM_BYTES:
        raise Unreadable(Reason.TEXT_TOO_LARGE, f"text is longer than {max_text_bytes:,} bytes of UTF-8, the limit")
    return raw


FORMAT = Format(suffixes=(".txt",), media_types=("text/plain",), read=read)
