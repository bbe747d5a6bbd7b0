"""A child process that is logged to a file, stops within its grace, and never outlives us."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_GUARD = Path(__file__).with_name("guard.py")
_MARGIN_S = 1.0  # what the guard needs beyond the grace to end the command by force
_TAIL_BYTES = 16_384


@dataclass(slots=True, eq=False)
class GuardedProcess:
    """A command under a guard (see `guard.py`), in a session of its own: a terminal's Ctrl-C reaches only us."""

    name: str
    grace_s: float
    log_file: Path
    _guard: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(  # noqa: PLR0913 - what a process is made of; all but the first two by name
        cls,
        name: str,
        command: Sequence[str],
        *,
        log_file: Path,
        grace_s: float,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        held: Sequence[int] = (),
    ) -> Self:
        """Start `command`.

        Args:
            name: What people call it.
            command: Program and arguments.
            log_file: Takes its standard output and error; written anew.
            grace_s: How long it may take to end when asked to.
            env: Its environment; None: ours.
            cwd: Its working directory; None: ours.
            held: File descriptors that the guard keeps open until nothing of the command is left.
        """
        log_file.parent.mkdir(parents=True, exist_ok=True)
        with log_file.open("wb") as log:
            guard = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-I", "-S", str(_GUARD), str(grace_s), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=env,
                cwd=cwd,
                pass_fds=held,
                start_new_session=True,
            )
        return cls(name, grace_s, log_file, guard)

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 + n if signal n ended it."""
        return self._guard.poll()

    @property
    def pid(self) -> int:
        """The guard's."""
        return self._guard.pid

    def ask_to_stop(self) -> None:
        """Let go of it: its guard sees to the end. Returns at once."""
        if self._guard.stdin is not None:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()

    def stop(self) -> None:
        """Stop it and wait until nothing of it is left; harmless when it has ended by itself."""
        self.ask_to_stop()
        try:
            self._guard.wait(self.grace_s + _MARGIN_S)
        except subprocess.TimeoutExpired:  # the guard itself hangs: seen by nobody yet, and not to be waited out
            self._guard.kill()
            self._guard.wait()

    def last_log_lines(self, count: int = 5) -> list[str]:
        """Return the last lines it wrote that are not blank."""
        return tail(self.log_file, count)


def tail(path: Path, count: int) -> list[str]:
    """Return the last lines of a log file that are not blank; none if there is no file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()][-count:]
