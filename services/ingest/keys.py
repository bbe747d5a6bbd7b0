"""API keys: what is kept of one is its name and its hash, and a request is told by them whose it is.

The keys are random numbers of 256 bits, which nobody guesses however fast the hash is: SHA-256 is enough, where words
that people choose would need a slow one.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from services.core.settings import IngestSettings

_BYTES = 32
_MARK = "sightline_"  # by which a key that was published by mistake is recognised
_PLAIN = "default"  # the name of the key that a setting holds as it is


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key.

    Attributes:
        name: Whose it is.
        digest: SHA-256 of the key.
    """

    name: str
    digest: bytes

    @property
    def setting(self) -> str:
        """The key as SIGHTLINE_INGEST__API_KEYS takes it."""
        return f"{self.name}:sha256:{self.digest.hex()}"


def make_key() -> str:
    """Return a new key."""
    return _MARK + secrets.token_urlsafe(_BYTES)


def hash_key(name: str, key: str) -> ApiKey:
    """Return what is kept of a key."""
    return ApiKey(name, _digest(key.encode()))


def keys_of(settings: IngestSettings) -> tuple[ApiKey, ...]:
    """Return the keys that the settings name; none: nobody is asked for one."""
    keys = []
    for entry in settings.api_keys:
        name, _, digest = entry.split(":")
        keys.append(ApiKey(name, bytes.fromhex(digest)))
    if settings.api_key is not None:
        keys.append(hash_key(_PLAIN, settings.api_key.get_secret_value()))
    return tuple(keys)


def name_of(given: bytes, keys: Iterable[ApiKey]) -> str | None:
    """Return whose key was given, or None; which key it is, and how much of it is right, does not show in the time."""
    digest, name = _digest(given), None
    for key in keys:
        if hmac.compare_digest(digest, key.digest):
            name = key.name
    return name


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
