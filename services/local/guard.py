"""Run a command that never outlives the process that asked for it.

The owner holds the other end of this process's standard input. When that closes, because the owner lets go or dies in
whatever way, the command and everything it started is asked to end (SIGTERM) and, after the grace, made to (SIGKILL).
Works wherever there are pipes and process groups; runs as a plain script on the standard library alone, so that
it starts in a few milliseconds: `guard.py GRACE_S COMMAND [ARGUMENT…]`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

_STDIN = 0


def main() -> int:
    """Guard the command in `sys.argv`, and return its exit code (128 + signal, as shells do)."""
    grace_s, command = float(sys.argv[1]), sys.argv[2:]
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ending.set())
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our owner's words
    for watch in (_await_owner, _await_child):
        threading.Thread(target=watch, args=(child, ending), daemon=True).start()
    ending.wait()
    if child.poll() is None:
        _signal_group(child, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace_s)
    _signal_group(child, signal.SIGKILL)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _await_owner(_child: subprocess.Popen[bytes], ending: threading.Event) -> None:
    while os.read(_STDIN, 1):
        pass
    ending.set()


def _await_child(child: subprocess.Popen[bytes], ending: threading.Event) -> None:
    child.wait()
    ending.set()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM when only zombies are left
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(main())
