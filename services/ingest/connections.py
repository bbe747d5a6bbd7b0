"""Connections that do not wait for ever: deadlines for headers, body and reader, and a limit on headers.

Uvicorn 0.54 closes a connection that is silent after an answer, but waits without end for a first request, for the rest
of one, and for whoever does not read an answer.
"""

import asyncio
from typing import Any, ClassVar

import h11
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.core.settings import IngestSettings

MAX_HEADERS = 100
MAX_HEADER_BYTES = 16_384
_GRACE_S = 5.0  # after the time of the body is up, for the answer that says so
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """Speaks HTTP/1.1; made by `create_protocol`."""

    header_s: ClassVar[float]
    body_s: ClassVar[float]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # Any: handed on
        super().__init__(*arguments, **options)
        self._awaited: object = None  # what of the client's side has a deadline now: a state of h11
        self._deadline: asyncio.TimerHandle | None = None
        self._reader_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as Uvicorn has it
        super().connection_made(transport)
        self._await(h11.IDLE, self.header_s)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and self.conn.our_state is not h11.IDLE:
            # It was answered before it had sent all: nobody will read the rest.
            self._cancel()
            self._await(h11.SEND_BODY, _GRACE_S)
        elif self.conn.their_state is h11.IDLE:
            self._cancel()  # Uvicorn's own deadline begins
        else:
            self._look()  # the next request was here already

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader_deadline = self.loop.call_later(self.body_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reader_deadline is not None:
            self._reader_deadline.cancel()
            self._reader_deadline = None

    def _look(self) -> None:
        """Begin a deadline where the client has begun something else; bytes alone put none off."""
        state = self.conn.their_state
        if state is self._awaited:
            return
        self._cancel()
        if state is h11.IDLE:
            self._await(state, self.header_s)
        elif state is h11.SEND_BODY:
            self._await(state, self.body_s + _GRACE_S)

    def _await(self, state: object, patience_s: float) -> None:
        self._awaited = state
        self._deadline = self.loop.call_later(patience_s, self._cut_off)

    def _cancel(self) -> None:
        self._awaited = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        if self.transport.is_closing():
            return
        if self._awaited is h11.IDLE and not self.transport.get_write_buffer_size():
            self.transport.write(_TOO_SLOW)
            self.transport.close()
        else:
            self.transport.abort()


def create_protocol(settings: IngestSettings) -> type[PatientProtocol]:
    """Return the protocol with the deadlines of the settings."""

    class Protocol(PatientProtocol):
        header_s = settings.header_timeout_s
        body_s = settings.body_timeout_s

    return Protocol


class HeaderLimits:
    """Refuses a request with more headers than any of ours needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        headers = scope.get("headers", ())
        if len(headers) <= MAX_HEADERS and sum(len(name) + len(value) for name, value in headers) <= MAX_HEADER_BYTES:
            await self._app(scope, receive, send)
            return
        detail = f"more than {MAX_HEADERS} headers, or more than {MAX_HEADER_BYTES:,} bytes of them"
        await JSONResponse({"detail": detail}, 431, {"Connection": "close"})(scope, receive, send)
