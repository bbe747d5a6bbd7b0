"""Say which pages may be read because a feed links to them: none that the feed could not know."""

import ipaddress
import socket
from urllib.parse import urlsplit


def is_public(url: str) -> bool:
    """Say whether the host of an address is on the public internet; one that is not known is not.

    A feed is somebody else's text. Its links must not make us ask what only we can reach.
    """
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        return bool(found) and all(ipaddress.ip_address(str(place[4][0])).is_global for place in found)
    except (OSError, ValueError):
        return False


def same_host(url: str, other: str) -> bool:
    """Say whether two addresses are on one host and port."""
    return urlsplit(url).netloc.lower() == urlsplit(other).netloc.lower()
