"""How the notifier speaks HTTP: to which addresses, with which bounds, and what it makes of answers."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import trustme

from services.alerts.notifier.channel import Refused, TryAgain
from services.alerts.notifier.http_channel import CheckedTransport, HttpSender
from services.core.addresses import resolve
from tests.integration.receivers import Answer, HttpReceiver


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with HttpReceiver().running() as receiver:
        yield receiver


@contextmanager
def sender(url: str, *, allow_private: bool = True, timeout_s: float = 5.0, **options: Any) -> Iterator[HttpSender]:
    made = HttpSender(url, timeout_s=timeout_s, allow_private=allow_private, max_answer_bytes=2048, **options)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1", "0.0.0.0"]
)
def test_the_inside_is_refused_however_it_is_written(http: HttpReceiver, host: str) -> None:
    port = http.url.rpartition(":")[2]
    with sender(f"http://{host}:{port}/", allow_private=False) as refused, pytest.raises((Refused, TryAgain)) as error:
        refused.post(b"{}", {})
    if isinstance(error.value, Refused):
        assert "no public address" in str(error.value)
    assert http.requests == []


def test_a_name_that_turns_to_the_inside_after_the_check_is_not_followed(http: HttpReceiver) -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["203.0.113.1", "127.0.0.1"]

    port = http.url.rpartition(":")[2]
    with sender(f"http://rebind.example:{port}/", allow_private=False, resolve=rebinding) as made:
        for _ in range(3):
            with pytest.raises(Refused, match="no public address"):
                made.post(b"{}", {})
    assert http.requests == []


def test_what_was_checked_is_what_is_connected_to_and_the_name_stays_in_the_request(http: HttpReceiver) -> None:
    port = http.url.rpartition(":")[2]
    asked: list[str] = []

    def once(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with sender(f"http://hooks.example:{port}/x", resolve=once) as made:
        assert made.post(b"{}", {"Content-Type": "application/json"}) == "HTTP 200 ok"
    assert http.requests[0].headers["host"] == f"hooks.example:{port}"
    assert asked == ["hooks.example"]


def test_an_address_that_does_not_answer_is_followed_by_the_next(http: HttpReceiver) -> None:
    port = http.url.rpartition(":")[2]
    with sender(f"http://hooks.example:{port}/", resolve=lambda *_: ["127.0.0.9", "127.0.0.1"]) as made:
        assert made.post(b"{}", {}) == "HTTP 200 ok"
    assert len(http.requests) == 1


def test_certificates_are_checked_against_the_name_not_the_address() -> None:
    authority = trustme.CA()
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example").configure_cert(server_context)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that does not trust the certificate is part of the test

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = server_context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    client_context = ssl.create_default_context()
    authority.configure_trust(client_context)
    try:
        for name, is_trusted in (("hooks.example", True), ("other.example", False)):
            transport = CheckedTransport(allow_private=True, resolve=lambda *_: ["127.0.0.1"], verify=client_context)
            with httpx.Client(transport=transport, trust_env=False) as client:
                url = f"https://{name}:{server.server_port}/"
                if is_trusted:
                    assert client.post(url, content=b"{}").status_code == 204
                else:
                    with pytest.raises(httpx.ConnectError, match=r"other\.example"):
                        client.post(url, content=b"{}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_redirects_are_not_followed(http: HttpReceiver) -> None:
    http.decide = lambda _request, _number: Answer(307, {"Location": f"{http.url}/elsewhere"})
    with sender(f"{http.url}/here") as made, pytest.raises(Refused, match="redirects are not followed"):
        made.post(b"{}", {})
    assert http.at("/elsewhere") == []


def test_of_an_endless_answer_only_the_beginning_is_read(http: HttpReceiver) -> None:
    http.decide = lambda _request, _number: Answer(body=b"x" * 50_000_000)
    with sender(f"{http.url}/big") as made:
        assert len(made.post(b"{}", {})) < 400


@pytest.mark.parametrize(
    ("answer", "refused", "retry_after_s"),
    [
        (Answer(500), False, None),
        (Answer(503, {"Retry-After": "7"}), False, 7.0),
        (Answer(429, {"Retry-After": "9"}), False, 9.0),
        (Answer(408), False, None),
        (Answer(425), False, None),
        (Answer(400, {"Retry-After": "9"}), True, None),
        (Answer(401), True, None),
        (Answer(404), True, None),
        (Answer(410), True, None),
        (Answer(304), True, None),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else None,
)
def test_what_answers_mean(http: HttpReceiver, answer: Answer, *, refused: bool, retry_after_s: float | None) -> None:
    http.decide = lambda _request, _number: answer
    with sender(f"{http.url}/x") as made, pytest.raises(Refused if refused else TryAgain) as error:
        made.post(b"{}", {})
    if isinstance(error.value, TryAgain):
        assert error.value.retry_after_s == retry_after_s


def test_a_date_to_try_again_is_understood(http: HttpReceiver) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    http.decide = lambda _request, _number: Answer(503, {"Retry-After": later})
    with sender(f"{http.url}/x") as made, pytest.raises(TryAgain) as error:
        made.post(b"{}", {})
    assert error.value.retry_after_s == pytest.approx(90, abs=5)


def test_no_answer_nobody_there_and_no_such_name_may_pass(http: HttpReceiver) -> None:
    http.decide = lambda _request, _number: Answer(delay_s=30)
    with sender(f"{http.url}/secret-token", timeout_s=0.2) as made, pytest.raises(TryAgain, match="ReadTimeout"):
        made.post(b"{}", {})
    with sender("http://127.0.0.1:1/secret-token") as made, pytest.raises(TryAgain, match="ConnectError") as error:
        made.post(b"{}", {})
    assert "secret-token" not in str(error.value)
    with sender("http://no-such-name.invalid/") as made, pytest.raises(TryAgain, match="cannot be resolved"):
        made.post(b"{}", {})


def test_the_resolver_gives_addresses() -> None:
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
