"""The processes under test: started, killed, stopped and continued, and started anew when they end by themselves."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from services.local.ports import LOOPBACK
from tests.chaos.cluster import steady_ports

CHECKOUT = Path(__file__).parents[2]
_STOP_S = 15.0
_ANSWER_S = 2.0


@dataclass
class Worker:
    """One process of a service."""

    kind: str  # the service: processor or alerts
    name: str
    environment: Mapping[str, str]
    log: Path
    port: int  # where it answers
    checkout: Path = CHECKOUT  # whose code it runs
    left: int = 0  # how often it ended by itself
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its log goes on where it was."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"services.{self.kind}"],
                cwd=self.checkout,
                env={**os.environ, **self.environment, "PYTHONPATH": str(self.checkout)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it stand still, so that the others take it for dead."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        self._signal(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """Let it come to an end."""
        self._signal(signal.SIGTERM)

    def stop(self) -> int | None:
        """Ask it to stop, and return its exit code; None if it had to be killed."""
        if self._process is None:
            return 0
        self.ask_to_stop()
        try:
            return self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.kill()

    def revive(self) -> None:
        """Start it again if it has ended by itself, as whoever runs services does."""
        if self._process is not None and self._process.poll() is not None:
            self.left += 1
            self.start()

    @property
    def is_employed(self) -> bool:
        """Whether it is meant to run."""
        return self._process is not None

    def is_ready(self) -> bool:
        """Ask it whether it is ready."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/readyz", timeout=_ANSWER_S) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def said(self) -> str:
        """Return everything that it has written."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


@dataclass
class Crew:
    """The workers of an installation, from the start to the end of a `with`."""

    environment: Mapping[str, str]
    folder: Path
    checkout: Path = CHECKOUT  # whose code whoever is hired runs
    workers: list[Worker] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.kill()

    def hire(self, kind: str, count: int = 1) -> list[Worker]:
        """Start more workers of a kind."""
        hired = []
        for _ in range(count):
            name = f"{kind}-{sum(worker.kind == kind for worker in self.workers) + 1}"
            (port,) = steady_ports(1)
            environment = self._environment_of(name, kind, port)
            worker = Worker(kind, name, environment, self.folder / f"{name}.log", port, self.checkout)
            worker.start()
            self.workers.append(worker)
            hired.append(worker)
        return hired

    def of(self, kind: str) -> list[Worker]:
        """Return the workers of a kind."""
        return [worker for worker in self.workers if worker.kind == kind]

    def revive(self) -> None:
        """Start again whoever has ended by himself."""
        for worker in self.workers:
            worker.revive()

    def stop(self) -> list[tuple[str, int | None]]:
        """Ask all to stop at once; return the name and exit code of each."""
        for worker in self.workers:
            worker.ask_to_stop()
        return [(worker.name, worker.stop()) for worker in self.workers]

    def _environment_of(self, name: str, kind: str, port: int) -> dict[str, str]:
        return {
            f"SIGHTLINE_{kind.upper()}__HTTP__PORT": str(port),
            "SIGHTLINE_ALERTS__INSTANCE": name,
            "SIGHTLINE_EXTRACTION__ENTITIES": "relevant",
            "SIGHTLINE_KAFKA__RETRY_MAX_S": "2",
            # Several processes share few cores: more threads each would only stand in each other's way.
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            **self.environment,
        }
