"""Read a file of JSON objects, one a line."""

import json
import re
from collections.abc import Iterator
from typing import Any

from services.core.listing import ListingError
from services.watchlist.formats.members import Member

MAX_LINE_BYTES = 32_000_000  # a whole entity with all that is nested in it

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # an escape for half of a character; the other half may follow


def objects(member: Member) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line and object of each line that is not blank.

    Raises:
        ListingError: A line is no JSON object, or too long.
    """
    with member.open() as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise ListingError(member.source, f"is longer than {MAX_LINE_BYTES:,} bytes", line=number)
            if line.isspace():
                continue
            try:
                value = json.loads(line.decode("utf-8-sig"))  # of bytes it would take what is no Unicode
                if _HALF.search(line):
                    json.dumps(value, ensure_ascii=False).encode()  # what is no Unicode cannot be written
            except (RecursionError, ValueError) as error:  # UnicodeError is a ValueError
                raise ListingError(member.source, f"not readable as JSON: {error}", line=number) from error
            if not isinstance(value, dict):
                raise ListingError(member.source, "is no JSON object", line=number)
            yield number, value
