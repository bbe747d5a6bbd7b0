"""What Apprise connects to is held to the public internet: real receivers on loopback, which is not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from services.alerts.notifier import confinement
from services.alerts.notifier.apprise_channel import AppriseChannel
from services.alerts.notifier.channel import Event, Refused, TryAgain
from services.alerts.notifier.confinement import NotPublic, confined
from services.core.codec import encode
from tests.integration.receivers import Answer, HttpReceiver, MailServer
from tests.unit.alerts.notifier.examples import alert


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with HttpReceiver().running() as receiver:
        yield receiver


def event() -> Event:
    told = alert()
    return Event(told, encode(told), 0)


def in_json(url: str, host: str = "127.0.0.1") -> str:
    return f"json://{host}:{urlsplit(url).port}/in"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001"])
def test_the_inside_is_not_told_unless_that_is_meant(http: HttpReceiver, host: str) -> None:
    with pytest.raises(Refused, match="json: an address that is not public; set allow_private"):
        AppriseChannel([in_json(http.url, host)], allow_private=False).deliver(event())
    assert http.requests == []
    AppriseChannel([in_json(http.url, host)], allow_private=True).deliver(event())
    assert len(http.requests) == 1


def test_mail_is_not_handed_to_a_server_inside() -> None:
    with MailServer("secretpw").running() as mails:
        url = f"mailto://user:secretpw@127.0.0.1:{mails.port}?from=a@news.example&to=b@news.example"
        with pytest.raises(Refused, match="mailto: an address that is not public"):
            AppriseChannel([f"{url}&smtp=127.0.0.1&mode=insecure"], allow_private=False).deliver(event())
        assert mails.mails == []


# Apprise 2.3 leaves the socket of a datagram that cannot be sent to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_datagram_is_not_sent_inside() -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as log:
        log.bind(("127.0.0.1", 0))
        log.settimeout(5)
        url = f"rsyslog://127.0.0.1:{log.getsockname()[1]}/local7"
        with pytest.raises(Refused, match="not public"):
            AppriseChannel([url], allow_private=False).deliver(event())
        AppriseChannel([url], allow_private=True).deliver(event())
        log.recv(65_536)
        log.setblocking(False)
        with pytest.raises(BlockingIOError):
            log.recv(65_536)


def test_a_redirect_to_the_inside_is_not_followed(http: HttpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def first_is_public(host: str) -> bool:
        checked.append(host)
        return len(checked) == 1

    with HttpReceiver().running() as inside:
        monkeypatch.setattr(confinement, "is_public", first_is_public)
        http.decide = lambda _request, _number: Answer(307, {"Location": f"{inside.url}/secret"})
        with pytest.raises(Refused, match="not public"):
            AppriseChannel([in_json(http.url)], allow_private=False).deliver(event())
        assert len(http.requests) == 1
        assert inside.requests == []


def test_a_service_that_raises_is_a_failure_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = AppriseChannel(["rsyslog://127.0.0.1/local7"], allow_private=True)

    def unreachable(sock: socket.socket, *_: object) -> None:
        sock.close()
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("socket.socket.sendto", unreachable)
    with pytest.raises(TryAgain, match="rsyslog: OSError"):
        channel.deliver(event())


def test_a_failure_that_may_pass_is_tried_again(http: HttpReceiver) -> None:
    http.decide = lambda _request, _number: Answer(503)
    with pytest.raises(TryAgain, match="json: "):
        AppriseChannel([in_json(http.url)], allow_private=True).deliver(event())


def test_other_threads_are_free_and_so_is_this_one_afterwards(http: HttpReceiver) -> None:
    where = ("127.0.0.1", urlsplit(http.url).port or 0)
    reached: list[bool] = []

    def connect() -> None:
        socket.create_connection(where, timeout=5).close()
        reached.append(True)

    with confined() as refused:
        thread = threading.Thread(target=connect)
        thread.start()
        thread.join(10)
        with pytest.raises(NotPublic):
            connect()
        local = socket.socket(socket.AF_UNIX)
        with closing(local), pytest.raises(NotPublic):
            local.connect("/run/some.sock")
        assert refused == ["127.0.0.1", "a local socket"]
    connect()
    assert reached == [True, True]
