"""The formats that articles are read from, one module each, found by its `FORMAT`: a new format is a new file here."""

import pkgutil
from functools import cache
from importlib import import_module

from services.ingest.items import Format


@cache
def all_formats() -> tuple[Format, ...]:
    """Return every format, in the order of the modules' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").FORMAT for name in names)


def for_suffix(suffix: str) -> Format | None:
    """Return the format of files with this suffix (with the dot, any case)."""
    return next((known for known in all_formats() if suffix.lower() in known.suffixes), None)


def for_media_type(media_type: str) -> Format | None:
    """Return the format of a `Content-Type`, whose parameters do not matter."""
    name = media_type.partition(";")[0].strip().lower()
    return next((known for known in all_formats() if name in known.media_types), None)


def all_suffixes() -> tuple[str, ...]:
    """Return every suffix that is read, sorted."""
    return tuple(sorted(suffix for known in all_formats() for suffix in known.suffixes))


def all_media_types() -> tuple[str, ...]:
    """Return every media type that is read, sorted."""
    return tuple(sorted(name for known in all_formats() for name in known.media_types))
