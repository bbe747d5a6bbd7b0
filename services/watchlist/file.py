"""Read a watchlist file into actors; whatever is wrong with it is said with file, line and field."""

from pathlib import Path

from schemas import Actor
from services.core.listing import parse_listing, read_listing

_KEY = "actors"


def read_watchlist(path: Path) -> tuple[Actor, ...]:
    """Return the actors that the YAML file at `path` lists.

    Raises:
        ListingError: The file cannot be read, is no YAML, or an entry is wrong; names file, line and field.
    """
    return read_listing(path, _KEY, Actor)


def parse_watchlist(text: str, *, source: str) -> tuple[Actor, ...]:
    """Return the actors that a YAML text lists under `actors`.

    Args:
        text: A mapping with one key, `actors`: a list of mappings with the fields of `Actor`.
        source: What errors call the text, such as its path.

    Raises:
        ListingError: It is no such YAML, an entry is wrong, or two entries have one id.
    """
    return parse_listing(text, _KEY, Actor, source=source)
