"""Run the services as processes of their own: started together, watched, stopped together."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.core.errors import SightlineError
from services.core.sections import HttpSettings
from services.core.settings import Settings
from services.local.ports import LOOPBACK, choose_ports
from services.local.process import GuardedProcess

_GRACE_S = 4.0
_READY_S = 90.0
_ASK_PAUSE_S = 0.1
_ASK_TIMEOUT_S = 2.0
_LAST_LINES = 5


class ServiceFailed(SightlineError):  # noqa: N818 - says what happened
    """A process of ours ended by itself, or did not become ready; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service and where it answers."""

    process: GuardedProcess
    port: int

    @property
    def name(self) -> str:
        """What people call it."""
        return self.process.name

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"


def start_services(settings: Settings, log_dir: Path, environment: Mapping[str, str]) -> list[Service]:
    """Start ingest, processor and alerts, each on its port if that is free, else on another.

    Args:
        settings: Where each would like to answer.
        log_dir: Takes `NAME.log` of each.
        environment: Settings to pass down, over our own environment.
    """
    wanted: dict[str, HttpSettings] = {
        "ingest": settings.ingest.http,
        "processor": settings.processor.http,
        "alerts": settings.alerts.http,
    }
    ports = choose_ports([http.port for http in wanted.values()])
    services = []
    try:
        for name, port in zip(wanted, ports, strict=True):
            own = {f"SIGHTLINE_{name.upper()}__HTTP__PORT": str(port), "PYTHONUNBUFFERED": "1"}
            process = GuardedProcess.start(
                name,
                [sys.executable, "-m", f"services.{name}"],
                log_file=log_dir / f"{name}.log",
                grace_s=_GRACE_S,
                env={**os.environ, **environment, **own},
            )
            services.append(Service(process, port))
    except BaseException:
        stop_services(services)
        raise
    return services


def await_ready(services: Sequence[Service]) -> Iterator[Service]:
    """Yield each service when it is ready.

    Raises:
        ServiceFailed: One ended, or is not ready in time.
    """
    waiting = list(services)
    deadline = time.monotonic() + _READY_S
    with httpx.Client(timeout=_ASK_TIMEOUT_S, trust_env=False) as client:
        while waiting:
            require_running([service.process for service in services])
            problems = {service: _not_ready(client, service) for service in waiting}
            for service, problem in problems.items():
                if problem is None:
                    waiting.remove(service)
                    yield service
            if waiting and time.monotonic() > deadline:
                late = waiting[0]
                msg = f"{late.name} is not ready after {_READY_S:.0f} s: {problems[late]}{_last_words(late.process)}"
                raise ServiceFailed(msg)
            time.sleep(_ASK_PAUSE_S if waiting else 0)


def require_running(processes: Sequence[GuardedProcess]) -> None:
    """Check that all still run.

    Raises:
        ServiceFailed: One has ended.
    """
    for process in processes:
        if process.exit_code is not None:
            msg = f"{process.name} ended with exit code {process.exit_code}{_last_words(process)}"
            raise ServiceFailed(msg)


def stop_services(services: Sequence[Service]) -> None:
    """Ask all to stop, then wait for each: together they take as long as the slowest."""
    for service in services:
        service.process.ask_to_stop()
    for service in services:
        service.process.stop()


def _not_ready(client: httpx.Client, service: Service) -> str | None:
    try:
        answer = client.get(f"{service.url}/readyz")
    except httpx.HTTPError as error:
        return f"{service.url} does not answer ({type(error).__name__})"
    return None if answer.status_code == httpx.codes.OK else answer.text.strip()


def _last_words(process: GuardedProcess) -> str:
    lines = process.last_log_lines(_LAST_LINES)
    return f"; its log {process.log_file} ends:\n" + "\n".join(f"  {line}" for line in lines or ["(nothing)"])
