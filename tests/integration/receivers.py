"""Real receivers for the tests of the notifier: an HTTP server whose answers a test decides, and a mail server."""

import email
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.local.ports import choose_ports


@dataclass(frozen=True, slots=True)
class Request:
    """What was posted."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        return self.headers["idempotency-key"]


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request is answered."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    delay_s: float = 0.0


Decide = Callable[[Request, int], Answer]


class HttpReceiver:
    """Keeps every request; `decide` gets the request and its number among those of its path, from 1."""

    def __init__(self) -> None:
        self.decide: Decide = lambda _request, _number: Answer()
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver.take(Request(self.path, headers, body, time.monotonic()))
                if answer.delay_s:
                    receiver.wait(answer.delay_s)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that does not wait for its answer is part of the tests

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            number = sum(each.path == request.path for each in self.requests)
        return self.decide(request, number)

    def wait(self, delay_s: float) -> None:
        self._released.wait(delay_s)

    def at(self, path: str) -> list[Request]:
        """Return the requests to one path."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    @contextmanager
    def running(self) -> Iterator["HttpReceiver"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._released.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)


class MailServer:
    """Keeps every mail of who knows the password."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.mails: list[EmailMessage] = []
        self.refuse_next = 0
        (self.port,) = choose_ports([0])

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse_next:
            self.refuse_next -= 1
            return "451 try again later"
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=login.password == self.password.encode())

    @contextmanager
    def running(self) -> Iterator["MailServer"]:
        controller = Controller(
            self, hostname="127.0.0.1", port=self.port, auth_require_tls=False, authenticator=self._authenticate
        )
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
