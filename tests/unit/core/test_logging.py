"""Log lines: fields, whoever logs them; a process of its own, for logging belongs to the whole of it."""

import json
import subprocess
import sys
from typing import Any

from tests.conftest import CHECKOUT

CONFIGURE = """
import logging, threading, warnings
from services.core.logging import configure_logging, get_logger
from services.core.sections import LogSettings
configure_logging(LogSettings(level="{level}", format="json"), service="alerts")
"""
PROMISED = {"event", "level", "logger", "service", "timestamp"}


def lines(code: str, *, level: str = "DEBUG") -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", CONFIGURE.format(level=level) + code],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_every_thread_and_library_has_the_fields_of_a_line() -> None:
    told = lines(
        """
thread = threading.Thread(target=lambda: get_logger("services.some").info("from_a_thread", count=1))
thread.start(), thread.join()
logging.getLogger("library").warning("on two\\nlines")
warnings.warn("old")
"""
    )
    assert [line["event"] for line in told[:2]] == ["from_a_thread", "on two\nlines"]
    assert "UserWarning: old" in told[2]["event"]
    assert all(line.keys() >= PROMISED and line["service"] == "alerts" for line in told)


def test_what_a_thread_or_the_process_dies_of_is_a_line() -> None:
    told = lines(
        """
thread = threading.Thread(target=lambda: 1 / 0)
thread.start(), thread.join()
raise LookupError("gone")
"""
    )
    assert [line["event"] for line in told] == ["thread_died", "died"]
    assert "ZeroDivisionError" in told[0]["exception"]
    assert "LookupError: gone" in told[1]["exception"]


def test_libraries_tell_only_what_goes_wrong_at_any_level() -> None:
    code = """
for name in ("kafka.net", "aiokafka", "faust", "urllib3.connectionpool", "httpx", "library"):
    logging.getLogger(name).info("sent the password")
logging.getLogger("kafka").error("many a second")
get_logger("services.some").debug("ours")
"""
    assert [line["event"] for line in lines(code)] == ["ours"]
    assert lines(code, level="INFO") == []
