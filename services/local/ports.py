"""Choose ports on the loopback interface."""

import contextlib
import socket
from collections.abc import Sequence

LOOPBACK = "127.0.0.1"


def choose_ports(preferred: Sequence[int]) -> tuple[int, ...]:
    """Return one port for each preferred one: itself if it is free, else any free one; 0 prefers none.

    All are different and free now. Somebody may take one before its user binds it, so the user must be ready to ask
    again.
    """
    with contextlib.ExitStack() as held:  # held together, or the system might give one port twice
        return tuple(_hold(port, held) for port in preferred)


def _hold(port: int, held: contextlib.ExitStack) -> int:
    taken = held.enter_context(socket.socket())
    # Connections of the last run that linger in TIME_WAIT do not make a port taken; a listener still does.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((LOOPBACK, port))
    except OSError:
        taken.bind((LOOPBACK, 0))
    taken.listen(1)
    return int(taken.getsockname()[1])
