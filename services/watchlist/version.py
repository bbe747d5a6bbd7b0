"""Name the content of a watchlist, so that each result can say by which it was found."""

import hashlib
from collections.abc import Iterable

from schemas import Actor
from services.core.codec import encode

_BYTES = 8
_MODULUS = 1 << (8 * _BYTES)


class ContentVersion:
    """A digest of values by key that follows single changes; their order does not matter."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, key: bytes, value: bytes) -> None:
        """Note that a value is there."""
        self._sum = (self._sum + _number(key, value)) % _MODULUS

    def remove(self, key: bytes, value: bytes) -> None:
        """Note that a value that was there is gone."""
        self._sum = (self._sum - _number(key, value)) % _MODULUS

    def __str__(self) -> str:
        return f"{self._sum:0{2 * _BYTES}x}"


def watchlist_version(actors: Iterable[Actor]) -> str:
    """Return the version of a watchlist of these actors."""
    version = ContentVersion()
    for actor in actors:
        version.add(actor.id.encode(), encode(actor))
    return str(version)


def _number(key: bytes, value: bytes) -> int:
    # The length keeps apart what would be the same when put together.
    digest = hashlib.blake2b(b"%d:%s%s" % (len(key), key, value), digest_size=_BYTES)
    return int.from_bytes(digest.digest(), "big")
