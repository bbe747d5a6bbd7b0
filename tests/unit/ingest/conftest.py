"""A real HTTP server on loopback that answers as each test says, and a publisher that remembers what it was given."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from schemas import IdentifiedArticle
from services.core.errors import BrokerUnavailable, Unreadable


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None  # called before answering


@dataclass
class Site:
    """Answers each path with its replies in turn, the last one for ever."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, *replies: Reply) -> str:
        self.replies[path] = list(replies)
        return self.url + path


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            replies = served.replies.get(self.path, [Reply(404)])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            reply.before()
            try:
                self.send_response(reply.status)
                for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:
                pass  # the reader has hung up, which some tests want

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@dataclass
class Remembering:
    """Stands for the broker: takes everything, unless told to be away or to refuse."""

    published: list[IdentifiedArticle] = field(default_factory=list)
    traceparents: list[str | None] = field(default_factory=list)
    away: bool = False
    refuse: Callable[[IdentifiedArticle], Unreadable | None] = lambda _: None

    def publish(
        self, articles: Sequence[IdentifiedArticle], *, traceparent: str | None = None
    ) -> list[Unreadable | None]:
        if self.away:
            raise BrokerUnavailable("kafka:9092 has not acknowledged within 30 s")
        self.published += articles
        self.traceparents.append(traceparent)
        return [self.refuse(article) for article in articles]


@pytest.fixture
def publisher() -> Remembering:
    return Remembering()
