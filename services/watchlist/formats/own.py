"""Our own formats: YAML with a list under `actors`, or an actor a line as JSON."""

from collections.abc import Iterator

from schemas import Actor
from services.core.listing import ListingError
from services.watchlist.file import parse_watchlist
from services.watchlist.formats.entries import validated
from services.watchlist.formats.json_lines import objects
from services.watchlist.formats.members import Member

_MAX_YAML_BYTES = 20_000_000  # what nobody writes by hand is better a line each


def read_lines(member: Member) -> Iterator[Actor]:
    """Yield the actors of a file with one a line.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    fields = Actor.model_fields.keys()
    for line, entry in objects(member):
        if unknown := sorted(entry.keys() - fields):
            raise ListingError(member.source, f"{unknown[0]}: no such field", line=line)
        yield validated(member.source, line, entry)


def read_yaml(member: Member) -> Iterator[Actor]:
    """Yield the actors of a YAML file.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    with member.open() as stream:
        raw = stream.read(_MAX_YAML_BYTES + 1)
    if len(raw) > _MAX_YAML_BYTES:
        raise ListingError(member.source, f"is larger than {_MAX_YAML_BYTES:,} bytes; give one actor a line as JSON")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListingError(member.source, f"is not UTF-8 (byte {error.start})") from error
    yield from parse_watchlist(text, source=member.source)
