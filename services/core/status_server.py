"""Answer /metrics, /healthz and /readyz on a port of the service's own."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Gauge, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from services.core.errors import ConfigurationError
from services.core.health import Health
from services.core.sections import HttpSettings

_TEXT = ("Content-Type", "text/plain; charset=utf-8")


class StatusServer:
    """A small HTTP server in a thread; use as a context manager.

    Raises:
        ConfigurationError: On entering, when the port is taken.
    """

    def __init__(self, http: HttpSettings, registry: CollectorRegistry, health: Health) -> None:
        self._http = http
        self._app = status_app(registry, health)
        self.port = http.port

    def __enter__(self) -> Self:
        try:
            self._server = make_server(
                self._http.host, self._http.port, self._app, ThreadingWSGIServer, handler_class=_QuietHandler
            )
        except OSError as error:
            msg = f"cannot listen on {self._http.host}:{self._http.port}: {error.strerror}; choose another http port"
            raise ConfigurationError(msg) from error
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="status", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def status_app(registry: CollectorRegistry, health: Health) -> Callable[..., Iterable[bytes]]:
    """Return the WSGI application behind the three addresses; /metrics tells of readiness too."""
    show_readiness(registry, health)
    metrics = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            body: Iterable[bytes] = metrics(environ, start_response)
            return body
        checks = {"/healthz": health.not_alive, "/readyz": health.not_ready}
        if path not in checks:
            start_response("404 Not Found", [_TEXT])
            return [b"see /metrics, /healthz, /readyz\n"]
        problem = checks[path]()
        start_response("200 OK" if problem is None else "503 Service Unavailable", [_TEXT])
        return [f"{problem or 'ok'}\n".encode()]

    return answer


def show_readiness(registry: CollectorRegistry, health: Health) -> None:
    """Let the metrics tell of readiness."""
    ready = Gauge("sightline_ready", "1 while the service is ready, else 0; /readyz says why.", registry=registry)
    ready.set_function(lambda: float(health.not_ready() is None))


class _QuietHandler(WSGIRequestHandler):
    """Every scrape would otherwise be a line on standard error."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the inherited name
        """Say nothing."""
