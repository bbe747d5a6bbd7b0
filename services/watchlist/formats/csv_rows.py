"""Read the rows of a CSV list, each with its line; what cannot be text is refused."""

import csv
import io
from collections.abc import Iterator

from services.core.listing import ListingError
from services.watchlist.formats.members import Member

_END = "\x1a"  # DOS marks the end of a text with it; OFAC does, too


def rows(member: Member) -> Iterator[tuple[int, list[str]]]:
    """Yield line and fields of each row.

    Raises:
        ListingError: It is no text in UTF-8 or Windows-1252, or no CSV.
    """
    with member.open() as stream:
        text = io.TextIOWrapper(stream, encoding=_encoding(member), newline="")
        reader = csv.reader(text)
        try:
            for row in reader:
                if row and row[0] != _END:
                    yield reader.line_num, row
        except UnicodeDecodeError as error:
            raise ListingError(member.source, f"is no text: byte {error.start}", line=reader.line_num + 1) from error
        except csv.Error as error:
            raise ListingError(member.source, f"not readable as CSV: {error}", line=reader.line_num) from error


def _encoding(member: Member) -> str:
    """UTF-8 if all of it is; older lists are in Windows-1252, which has no letter for a few bytes."""
    with member.open() as stream:
        decoder = io.TextIOWrapper(stream, encoding="utf-8-sig")
        try:
            while decoder.read(1 << 20):
                pass
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"
