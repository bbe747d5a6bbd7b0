"""Keep what a thread does from connecting to anything but the public internet, whichever library connects.

Python tells an audit hook of every connection before it is made, with the address that a name resolved to. So redirects
and names that change their mind (DNS rebinding) are met too. A hook stays for good; outside of `confined` it does
nothing.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from services.core.addresses import is_public

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class NotPublic(OSError):  # noqa: N818 - says what is the matter
    """The address is not on the public internet."""


class _State(threading.local):
    refused: list[str] | None = None


_state = _State()
_install_lock = threading.Lock()
_installed: list[bool] = []


@contextmanager
def confined() -> Iterator[list[str]]:
    """Refuse this thread, and no other, connections to the inside; lends the list of those that were refused."""
    _install()
    refused: list[str] = []
    _state.refused = refused
    try:
        yield refused
    finally:
        _state.refused = None


def _install() -> None:
    with _install_lock:
        if not _installed:
            sys.addaudithook(_check)
            _installed.append(True)


def _check(event: str, arguments: tuple[Any, ...]) -> None:  # Any: what each event tells
    if event not in _CONNECTING:
        return
    refused = _state.refused
    if refused is None or arguments[1] is None:  # None: a message over a connection that was checked when it was made
        return
    address = arguments[1]
    host = str(address[0]) if isinstance(address, tuple) else "a local socket"
    # A name that a library lets the system look up could become anything: it is refused.
    if not is_public(host):
        refused.append(host)
        msg = f"{host} is not on the public internet"
        raise NotPublic(msg)
