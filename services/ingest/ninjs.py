"""Understand IPTC ninjs, the news agencies' JSON, versions 1.x to 3.x: their words to ours."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from services.ingest.markup import to_plain_text

_BODIES = frozenset({"bodies", "body_text", "body_xhtml", "descriptions", "description_text", "description_xhtml"})
_PLAIN = "text/plain"


def is_ninjs(value: Any) -> TypeGuard[dict[str, Any]]:
    """Say whether this JSON value is a ninjs item rather than an article of our own form."""
    return isinstance(value, dict) and "text" not in value and "uri" in value and not _BODIES.isdisjoint(value)


def to_article(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the article that a ninjs item is; the item's URI is its identity in every version."""
    known = {name.lower(): value for name, value in item.items()}  # 2.x writes versioncreated, 3.x versionCreated
    return {
        "id": known["uri"],
        "text": _body(known, "bodies", "body") or _body(known, "descriptions", "description"),
        "title": known.get("headline") or next(_values(known.get("headlines")), (None, None))[1],
        "source": known.get("copyrightholder"),
        "published_at": known.get("firstcreated") or known.get("versioncreated"),
        "lang": known.get("language"),
    }


def _body(known: dict[str, Any], several: str, one: str) -> str:
    """Return the plain text, or the text of the HTML where there is no other."""
    found = dict(reversed(list(_values(known.get(several)))))  # of several of one kind, the first
    plain = found.get(_PLAIN) or known.get(f"{one}_text")
    if plain:
        return str(plain)
    html = next((value for kind, value in found.items() if "html" in kind), known.get(f"{one}_xhtml"))
    return to_plain_text(html) if isinstance(html, str) else ""


def _values(parts: Any) -> Iterator[tuple[str, str]]:
    """Yield content type and value of each part of a list such as `bodies`; what has another shape is passed over."""
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and isinstance(part.get("value"), str):
            kind = part.get("contentType") or part.get("contenttype") or _PLAIN
            yield str(kind).lower(), part["value"]
