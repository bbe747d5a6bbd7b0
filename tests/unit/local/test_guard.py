"""A guarded command ends when its owner lets go, dies, or never had a chance; nothing it started is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.local.process import GuardedProcess, tail

DEADLINE_S = 10.0
# Writes its own id and its child's, then both wait for ever; `stubborn` ignores SIGTERM.
PARENT_AND_CHILD = """
import os, signal, subprocess, sys, time
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(600)
"""


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def command(pids: Path, manner: str) -> list[str]:
    return [sys.executable, "-S", "-c", PARENT_AND_CHILD, str(pids), manner]


def read_pids(pids: Path) -> list[int]:
    wait_for(pids.exists)
    return [int(pid) for pid in pids.read_text().split()]


@pytest.mark.parametrize(("manner", "grace_s"), [("polite", 5.0), ("stubborn", 0.2)])
def test_stop_leaves_nothing(tmp_path: Path, manner: str, grace_s: float) -> None:
    process = GuardedProcess.start(
        "pair", command(tmp_path / "pids", manner), log_file=tmp_path / "log", grace_s=grace_s
    )
    pids = read_pids(tmp_path / "pids")
    assert all(map(alive, pids))
    assert process.exit_code is None
    process.stop()
    assert not any(map(alive, pids))
    assert process.exit_code == 128 + (signal.SIGTERM if manner == "polite" else signal.SIGKILL)
    process.stop()  # harmless


def test_nothing_is_left_when_the_owner_is_killed(tmp_path: Path) -> None:
    owner_code = (
        "import sys, time; from pathlib import Path; from services.local.process import GuardedProcess\n"
        "GuardedProcess.start('pair', sys.argv[2:], log_file=Path(sys.argv[1]), grace_s=2)\n"
        "time.sleep(600)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", owner_code, str(tmp_path / "log"), *command(tmp_path / "pids", "polite")]
    )
    pids = read_pids(tmp_path / "pids")
    owner.kill()
    owner.wait()
    wait_for(lambda: not any(map(alive, pids)))


def test_the_exit_code_and_the_last_words_are_kept(tmp_path: Path) -> None:
    code = "import sys; print('first'); print(); sys.exit('cannot go on')"
    process = GuardedProcess.start("quitter", [sys.executable, "-c", code], log_file=tmp_path / "log", grace_s=1)
    wait_for(lambda: process.exit_code is not None)
    assert process.exit_code == 1
    assert sorted(process.last_log_lines()) == ["cannot go on", "first"]
    process.stop()


def test_tail_of_a_long_file_and_of_none(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert tail(log, 3) == []
    log.write_bytes(b"\xff\n" + b"".join(b"line %d\n\n" % i for i in range(10_000)))
    assert tail(log, 2) == ["line 9998", "line 9999"]
