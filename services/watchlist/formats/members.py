"""The files that hold a list: plain, `.gz` or `.zip`; each is read as a stream, again as often as need be."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from services.core.listing import ListingError

MAX_BYTES = 8_000_000_000  # of one file unpacked: the largest list there is has 3 GB
_HEAD = 4096
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a list.

    Attributes:
        source: What errors call it: its path, and behind a colon its name in an archive.
        unpack: Opens it from its beginning.
    """

    source: str
    unpack: Callable[[], IO[bytes] | gzip.GzipFile]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it from its beginning, unpacked.

        Raises:
            ListingError: It cannot be read or unpacked, then or while it is read, or it is too large.
        """
        try:
            with self.unpack() as raw, io.BufferedReader(_Bounded(raw, self.source)) as stream:
                yield stream
        except (zlib.error, EOFError, zipfile.BadZipFile, gzip.BadGzipFile) as error:
            raise ListingError(self.source, f"cannot be unpacked: {error}") from error
        except OSError as error:
            raise ListingError(self.source, f"cannot be read ({error.strerror or error})") from error

    def head(self) -> bytes:
        """Return its first bytes.

        Raises:
            ListingError: As `open` raises it.
        """
        with self.open() as stream:
            return stream.read(_HEAD)


def members(path: Path) -> list[Member]:
    """Return the files at `path`: it, or what the archive or folder holds, by name.

    Raises:
        ListingError: It cannot be read.
    """
    if path.is_dir():
        return [member for each in sorted(path.iterdir()) if each.is_file() for member in members(each)]
    with Member(str(path), lambda: path.open("rb")).open() as stream:
        magic = stream.read(len(_ZIP))
    if magic.startswith(_GZIP):
        return [Member(str(path), lambda: gzip.GzipFile(path, "rb"))]
    if magic == _ZIP:
        return _members_of_archive(path)
    return [Member(str(path), lambda: path.open("rb"))]


def _members_of_archive(path: Path) -> list[Member]:
    def opener(name: str) -> Callable[[], IO[bytes] | gzip.GzipFile]:
        def unpack() -> IO[bytes]:
            with zipfile.ZipFile(path) as archive:  # what is open in it stays so
                return archive.open(name)

        return unpack

    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except (zipfile.BadZipFile, OSError) as error:
        raise ListingError(str(path), f"cannot be unpacked: {error}") from error
    return [Member(f"{path}:{name}", opener(name)) for name in names]


class _Bounded(io.RawIOBase):
    """What is unpacked of a file, up to a bound: a few kilobytes can hold petabytes."""

    def __init__(self, raw: IO[bytes] | gzip.GzipFile, source: str) -> None:
        self._raw = raw
        self._source = source
        self._left = MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # any writable buffer
        chunk = self._raw.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise ListingError(self._source, f"holds more than {MAX_BYTES:,} bytes when unpacked")
        buffer[: len(chunk)] = chunk
        return len(chunk)
