"""The HTTP API against clients that are strangers, too many, too large or too slow: the real server, real sockets."""

import contextlib
import gzip
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from schemas import Topic
from services.ingest.keys import hash_key, make_key
from tests.integration.running import Installation, Service, wait_for

INGEST = ("-m", "services.ingest")
HEADER_S, BODY_S, MAX_BYTES = 1.0, 2.0, 100_000
PATIENCE = {
    "SIGHTLINE_INGEST__HTTP__PORT": "0",
    "SIGHTLINE_INGEST__HEADER_TIMEOUT_S": str(HEADER_S),
    "SIGHTLINE_INGEST__BODY_TIMEOUT_S": str(BODY_S),
    "SIGHTLINE_INGEST__MAX_REQUEST_BYTES": str(MAX_BYTES),
}
GRACE_S = 5.0  # that the service gives, and two seconds more for a machine that is busy
SLACK_S = 3.0
POST = b"POST /articles HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
Start = Callable[..., Service]


@pytest.fixture(scope="module")
def installation(broker: str) -> Installation:
    return Installation(broker, f"doors-{time.monotonic_ns()}.")


@pytest.fixture
def start(installation: Installation, tmp_path: Path) -> Iterator[Start]:
    """Start ingest with more settings; it must stop cleanly, and not have failed, whatever clients did."""
    with contextlib.ExitStack() as stack:

        def begin(**settings: str) -> Service:
            environment = PATIENCE | {f"SIGHTLINE_INGEST__{name}": value for name, value in settings.items()}
            service = stack.enter_context(Service(INGEST, installation, tmp_path / "log", **environment))
            service.wait_until_ready()
            stack.callback(ends_well, service)
            return service

        yield begin


def ends_well(service: Service) -> None:
    assert service.status("/healthz")[0] == 200
    assert service.stop() == 0
    assert "Traceback" not in service.said


@pytest.fixture
def service(start: Start) -> Service:
    return start()


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=30)


def trickle(connection: socket.socket, piece: bytes, *, pause_s: float = 0.2) -> tuple[bytes, float]:
    """Send a piece again and again until the other side hangs up; return what it said and how long that took."""
    began, said = time.monotonic(), b""
    connection.settimeout(pause_s)
    while time.monotonic() - began < 30:
        try:
            connection.sendall(piece)
            got = connection.recv(65_536)
        except TimeoutError:
            continue
        except OSError:
            break
        if not got:
            break
        said += got
    return said, time.monotonic() - began


def test_each_key_is_known_and_no_other(start: Start, installation: Installation) -> None:
    keys = {name: make_key() for name in ("desk", "wire")}
    service = start(API_KEYS=" ".join(hash_key(name, key).setting for name, key in keys.items()))
    with httpx.Client(base_url=f"http://127.0.0.1:{service.port}") as client:
        for key in keys.values():
            assert client.post("/articles", json={"text": key[:3]}, headers={"X-API-Key": key}).status_code == 202
        refused = client.post("/articles", json={"text": "x"}, headers={"X-API-Key": keys["desk"][:-1]})
        assert refused.status_code == 401
        assert client.post("/articles", json={"text": "x"}).status_code == 401
    assert service.metric('sightline_requests_refused_total{reason="key"}') == 2
    assert len(installation.read(Topic.ARTICLES, 1)) >= 1
    assert not [key for key in keys.values() if key in service.said]


def test_a_stranger_is_refused_before_the_body_is_read(start: Start) -> None:
    service = start(API_KEYS=hash_key("desk", make_key()).setting)
    with connect(service) as connection:
        connection.sendall(POST + b"Content-Length: 90000\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 401 ")  # and not 100
    with connect(service) as connection:  # one that goes on sending is not listened to for long
        connection.sendall(POST + b"Content-Length: 90000\r\n\r\n")
        said, took_s = trickle(connection, b"x")
    assert said.startswith(b"HTTP/1.1 401 ")
    assert took_s < GRACE_S + SLACK_S


def test_too_many_requests_are_put_off_each_key_by_itself(start: Start) -> None:
    desk, wire = make_key(), make_key()
    service = start(
        API_KEYS=f"{hash_key('desk', desk).setting} {hash_key('wire', wire).setting}", REQUESTS_PER_MINUTE="20"
    )
    with httpx.Client(base_url=f"http://127.0.0.1:{service.port}") as client:

        def post(**headers: str) -> httpx.Response:
            return client.post("/articles", json={"text": "x"}, headers=headers)

        statuses = [post(**{"X-API-Key": desk}).status_code for _ in range(30)]
        assert statuses[:20] == [202] * 20
        assert 429 in statuses[20:]
        put_off = post(**{"X-API-Key": desk})
        assert put_off.status_code == 429
        assert 1 <= int(put_off.headers["Retry-After"]) <= 3
        assert "20 requests a minute" in put_off.json()["detail"]
        assert post(**{"X-API-Key": wire}).status_code == 202
        # Whoever tries keys is put off by address, which no header changes.
        guesses = [post(**{"X-API-Key": f"{n}", "X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(30)]
        assert guesses[:20] == [401] * 20
        assert guesses[-1] == 429
        assert service.metric('sightline_requests_refused_total{reason="rate"}') >= 2
        assert client.get("/healthz").status_code == 200


def test_behind_a_trusted_proxy_the_address_is_the_clients(start: Start) -> None:
    service = start(TRUSTED_PROXIES="127.0.0.1", REQUESTS_PER_MINUTE="1")
    with httpx.Client(base_url=f"http://127.0.0.1:{service.port}") as client:
        for address, status in (("10.0.0.1", 202), ("10.0.0.1", 429), ("10.0.0.2", 202), ("2001:db8::1", 202)):
            assert (
                client.post("/articles", json={"text": "x"}, headers={"X-Forwarded-For": address}).status_code == status
            )
        neighbour = client.post("/articles", json={"text": "x"}, headers={"X-Forwarded-For": "2001:db8::2"})
        assert neighbour.status_code == 429


def test_without_a_key_web_pages_are_refused(service: Service) -> None:
    page = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    with httpx.Client(base_url=f"http://127.0.0.1:{service.port}") as client:
        assert client.post("/articles", content="x", headers=page).status_code == 403


def test_a_body_is_bounded_however_it_is_sent(service: Service) -> None:
    url = f"http://127.0.0.1:{service.port}/articles"
    plain = {"Content-Type": "text/plain"}

    def chunks(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield b"x" * 10_000

    def post(**options: object) -> int:
        try:
            return httpx.post(url, headers=plain | dict(options.pop("headers", {})), **options).status_code  # type: ignore[arg-type, call-overload]
        except httpx.TransportError:  # it was answered, and the rest of what we sent not read
            return 413

    assert post(content=b"x" * MAX_BYTES) == 202
    assert post(content=b"x" * (MAX_BYTES + 1)) == 413
    assert post(content=chunks(10)) == 202
    assert post(content=chunks(2_000)) == 413
    bomb = gzip.compress(b"x" * 50_000_000)
    assert len(bomb) < MAX_BYTES
    for encoding in ("gzip", "deflate", "br", "gzip, gzip"):
        assert post(content=bomb, headers={"Content-Encoding": encoding}) == 415


def test_a_body_without_end_is_not_read_to_its_end(service: Service) -> None:
    with connect(service) as connection:
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        said, took_s = trickle(connection, b"2710\r\n" + b"x" * 10_000 + b"\r\n", pause_s=0.01)
    assert said.startswith(b"HTTP/1.1 413 ") or not said
    assert took_s < GRACE_S + SLACK_S


@pytest.mark.parametrize("start_of_request", [b"", b"POST /articles HTTP/1.1\r\nHost: x\r\n"])
def test_headers_that_trickle_are_cut_off(service: Service, start_of_request: bytes) -> None:
    with connect(service) as connection:
        connection.sendall(start_of_request)
        said, took_s = trickle(connection, b"a" if not start_of_request else b"X-A: b\r\n")
    assert said.startswith(b"HTTP/1.1 408 ") or not said
    assert HEADER_S - 0.5 <= took_s < HEADER_S + SLACK_S


def test_who_says_nothing_at_all_is_cut_off(service: Service) -> None:
    with connect(service) as connection:
        began = time.monotonic()
        connection.recv(1_000)
        assert time.monotonic() - began < HEADER_S + SLACK_S


@pytest.mark.parametrize(
    ("length", "piece"), [(b"Content-Length: 90000", b"x"), (b"Transfer-Encoding: chunked", b"1\r\nx\r\n")]
)
def test_a_body_that_trickles_is_cut_off(service: Service, length: bytes, piece: bytes) -> None:
    with connect(service) as connection:
        connection.sendall(POST + length + b"\r\n\r\n")
        said, took_s = trickle(connection, piece)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert f"within {BODY_S:g} s".encode() in said
    assert took_s < BODY_S + GRACE_S + SLACK_S


def test_a_second_request_has_its_own_deadlines(service: Service) -> None:
    whole = POST + b"Content-Length: 5\r\n\r\nHello"
    with connect(service) as connection:
        connection.sendall(whole)
        received = b""
        while b'"rejected":0}' not in received:
            received += connection.recv(10_000)
        assert received.startswith(b"HTTP/1.1 202 ")
        connection.sendall(b"POST /articles HTTP/1.1\r\n")
        said, took_s = trickle(connection, b"X-A: b\r\n")
    assert not said or b"HTTP/1.1 408 " in said
    assert took_s < HEADER_S + SLACK_S
    with connect(service) as connection:  # and one that came together with the first
        connection.sendall(whole + POST + b"Content-Length: 50\r\n\r\nHello")
        began = time.monotonic()
        received = b""
        while got := connection.recv(10_000):
            received += got
        assert time.monotonic() - began < BODY_S + GRACE_S + SLACK_S
    assert received.startswith(b"HTTP/1.1 202 ")


def test_who_does_not_read_the_answers_is_cut_off(service: Service) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", service.port))
        connection.settimeout(0.2)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"

        def is_cut_off() -> bool:
            try:
                connection.sendall(request * 200)
            except TimeoutError:
                return False
            except OSError:
                return True
            return False

        wait_for(is_cut_off, "the connection is closed")


@pytest.mark.parametrize(
    "headers", [b"".join(b"X-%d: y\r\n" % n for n in range(200)), b"X-Long: " + b"y" * 40_000 + b"\r\n"]
)
def test_headers_are_bounded(service: Service, headers: bytes) -> None:
    with connect(service) as connection:
        connection.sendall(POST + headers + b"Content-Length: 1\r\n\r\nx")
        answer = connection.recv(1_000)
    assert re.match(rb"HTTP/1.1 (431|400) ", answer)


def test_open_connections_are_bounded(start: Start) -> None:
    service = start(MAX_CONNECTIONS="20", HEADER_TIMEOUT_S="4")
    with contextlib.ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(connect(service))
        wait_for(lambda: service.status("/healthz")[0] == 503, "more are refused")
    wait_for(lambda: service.status("/healthz")[0] == 200, "it serves again")
