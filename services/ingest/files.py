"""Read articles from paths, directories and standard input, one after the other and never more than one in memory."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from schemas import Reason
from services.ingest import formats
from services.ingest.formats import json_document, json_lines, plain_text
from services.ingest.items import Format, Item, Read, Rejected

STANDARD_INPUT = "-"
_GZIP = ".gz"
_BOM = b"\xef\xbb\xbf"


def read_paths(paths: Iterable[str | Path], *, standard_input: BinaryIO, max_text_bytes: int) -> Iterator[Item]:
    """Yield the articles of files, of directories with everything below them, and of standard input (`-`).

    In a directory, files of other kinds and hidden ones are passed over; a file of another kind that is named by
    itself is a rejection, and so is one that cannot be read.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT:
            yield from read_standard_input(standard_input, max_text_bytes=max_text_bytes)
        else:
            yield from _read_path(Path(path), max_text_bytes=max_text_bytes)


def read_standard_input(stream: BinaryIO, *, max_text_bytes: int) -> Iterator[Item]:
    """Yield the articles of a stream that does not say what it holds: JSON Lines, a JSON document, or plain text."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_Raw(stream))
    yield from _guess(buffered.peek())(buffered, STANDARD_INPUT, max_text_bytes=max_text_bytes)


def _read_path(path: Path, *, max_text_bytes: int) -> Iterator[Item]:
    try:
        if path.is_dir():
            for inner in sorted(path.iterdir()):
                if _is_read_in_a_directory(inner):
                    yield from _read_path(inner, max_text_bytes=max_text_bytes)
            return
        known = _format_of(path)
        if known is None and path.exists():
            message = f"no format that is read: {', '.join(formats.all_suffixes())}, each also with {_GZIP}"
            yield Rejected(str(path), Reason.PROCESSING_FAILED, message)
            return
        with _open(path) as stream:
            yield from (known.read if known else plain_text.read)(stream, str(path), max_text_bytes=max_text_bytes)
    except (OSError, EOFError, zlib.error) as error:  # gzip tells of damage by all three
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        yield Rejected(str(path), Reason.PROCESSING_FAILED, f"cannot be read: {reason}")


def _is_read_in_a_directory(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    if path.is_dir():
        return not path.is_symlink()  # it may lead back up, and then without end
    return path.is_file() and _format_of(path) is not None


def _format_of(path: Path) -> Format | None:
    name = path.name.lower()
    return formats.for_suffix(Path(name.removesuffix(_GZIP)).suffix)


def _open(path: Path) -> BinaryIO:
    if path.suffix.lower() == _GZIP:
        return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile reads as any binary stream
    return path.open("rb")


def _guess(start: bytes) -> Read:
    first_line = start.removeprefix(_BOM).lstrip().partition(b"\n")[0].strip()
    if first_line in {b"{", b"["} or first_line[:1] + first_line[1:].lstrip()[:1] == b"[{":
        return json_document.read
    return json_lines.read if first_line.startswith(b"{") else plain_text.read


class _Raw(io.RawIOBase):
    """Lets a stream be looked into before it is read, whatever kind it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io passes a memoryview
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
