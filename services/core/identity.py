"""Derive every id from content, so that the same thing said again has the same id."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from schemas import Span

_DIGEST_HEX = 32  # 128 bits: no collision among any number of articles that will ever be read
_SPACE = re.compile(r"\s+")
_WEB = frozenset({"http", "https"})
_DECISION = "decision|"
_SEPARATOR = "\x1f"  # a control character, which no id, name or label holds


def article_id(*, url: str | None, text: str) -> str:
    """Return the id of an article that came without one: from its canonical URL, else from its text."""
    canonical = canonical_url(url) if url else None
    return _digest("a", "url", canonical) if canonical else _digest("a", "text", canonical_text(text))


def mention_id(article: str, trigger: Span, says: Iterable[str]) -> str:
    """Return the id of a sanctions mention.

    Args:
        article: The article id.
        trigger: The words that name the measure.
        says: Everything else that the mention says, in a fixed order: measure, status, negation, the parties.
    """
    return _digest("m", article, trigger.field, str(trigger.start), str(trigger.end), *says)


def cooccurrence_id(article: str, actors: Iterable[str]) -> str:
    """Return the id of the co-occurrence of these actors in an article; their order does not matter."""
    return _digest("c", article, *sorted(actors))


def alert_id(rule: str, actors: Iterable[str], article: str, seen_at: datetime) -> str:
    """Return the id of the alert that a rule opens for actors with an article of that event time.

    The order of the actors does not matter.
    """
    return _digest("al", rule, *sorted(actors), article, seen_at.isoformat())


def alert_event_id(alert: str, sequence: int) -> str:
    """Return the id of an event in an alert's life, by its number."""
    return _digest("ev", alert, str(sequence))


def notification_id(event: str, receiver: str, attempt: int) -> str:
    """Return the id of an attempt to tell a receiver of an event in an alert's life."""
    return _digest("n", event, receiver, str(attempt))


def evidence_digest(parts: Iterable[str]) -> str:
    """Return a short digest of what an article says of actors: it changes when a correction says something else."""
    return hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def pair_key(actors: Iterable[str]) -> str:
    """Return the message key of actors: their ids, sorted, joined by a bar."""
    return "|".join(sorted(actors))


def decision_key(actor_id: str, name: str) -> str:
    """Return the key of a decision on a name, on `watchlist.actors`.

    Args:
        actor_id: The actor.
        name: The name, folded: however it is written, there is one decision on it.
    """
    return f"{_DECISION}{actor_id}|{name}"


def is_decision(key: bytes) -> bool:
    """Whether a key on `watchlist.actors` is that of a decision."""
    return key.startswith(_DECISION.encode())


def alert_key(rule: str, actors: Iterable[str]) -> str:
    """Return the message key of an alert: rule id and actor ids, joined by bars."""
    return f"{rule}|{pair_key(actors)}"


def content_version(content: str) -> str:
    """Return a short digest that changes with the content."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def canonical_text(text: str) -> str:
    """Return the text as it counts for identity: NFC, every run of white space one space."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def canonical_url(url: str) -> str | None:
    """Return the form in which two addresses of one page are equal, or None if this is no web address.

    Fragment, tracking parameters, default port, letter case of scheme and host, order of parameters and a trailing
    slash do not matter, nor does http or https.
    """
    try:
        parts = urlsplit(canonicalize_url(url.strip()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _WEB or not host:
        return None
    place = host if port is None or port in {80, 443} else f"{host}:{port}"
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(k)]
    return urlunsplit(("https", place, parts.path.rstrip("/"), urlencode(query), ""))


def _is_tracking(parameter: str) -> bool:
    return any(fnmatchcase(parameter.lower(), pattern) for pattern in _tracking_patterns())


@cache
def _tracking_patterns() -> tuple[str, ...]:
    lines = (resources.files("services.core") / "data" / "tracking_parameters.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _digest(kind: str, *parts: str) -> str:
    joined = _SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return f"{kind}-{hashlib.sha256(joined).hexdigest()[:_DIGEST_HEX]}"
