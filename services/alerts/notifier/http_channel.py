"""Send HTTP requests to where people said, and nowhere else: checked addresses, no redirects, bounded answers."""

import ssl
from contextlib import suppress
from datetime import UTC, datetime

import httpx

from services.alerts.notifier.channel import Refused, TryAgain, secrets_in, without_secrets
from services.alerts.notifier.retrying import parse_retry_after
from services.core.addresses import Resolve, is_public, resolve

_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})


class CheckedTransport(httpx.BaseTransport):
    """Connects to an address that was checked, whatever the name resolves to a moment later (DNS rebinding).

    The certificate is still checked against the name.
    """

    def __init__(
        self, *, allow_private: bool, resolve: Resolve = resolve, verify: ssl.SSLContext | None = None
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._inner = httpx.HTTPTransport(verify=True if verify is None else verify, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first address of its host that is allowed and takes connections."""
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = self._allowed(host, port)
        checked = [request.url.copy_with(host=address) for address in addresses]
        request.extensions["sni_hostname"] = host
        for url in checked[:-1]:
            request.url = url
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._inner.handle_request(request)
        request.url = checked[-1]
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            problem = getattr(error, "strerror", None) or str(error)
            msg = f"the host's name cannot be resolved ({problem})"
            raise TryAgain(msg) from error
        allowed = [address for address in addresses if self._allow_private or is_public(address)]
        if not allowed:
            msg = "the host has no public address; set allow_private if that is meant"
            raise Refused(msg)
        return allowed


class HttpSender:
    """Posts to one address."""

    def __init__(  # noqa: PLR0913 - what bounds a request
        self,
        url: str,
        *,
        timeout_s: float,
        allow_private: bool,
        max_answer_bytes: int,
        secrets: frozenset[str] = frozenset(),
        resolve: Resolve = resolve,
    ) -> None:
        """Take note of where to and within which bounds; nothing is sent yet.

        Args:
            url: Where to.
            timeout_s: For connecting, and for each step after.
            allow_private: Loopback and private addresses are allowed.
            max_answer_bytes: So much is read of an answer.
            secrets: What must never be shown, besides the address.
            resolve: How names become addresses.
        """
        self._url = url
        self._max_answer_bytes = max_answer_bytes
        self._secrets = secrets | secrets_in(url)
        # Without the environment's proxies: they would connect to where we must not.
        self._client = httpx.Client(
            transport=CheckedTransport(allow_private=allow_private, resolve=resolve),
            timeout=timeout_s,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "Sightline"},
        )

    def post(self, body: bytes, headers: dict[str, str]) -> str:
        """Send, and return what was answered.

        Raises:
            Refused: The address is not allowed, or the answer says that this will never be taken.
            TryAgain: No answer, or one that says so.
        """
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                told = without_secrets(f"HTTP {answer.status_code} {self._read(answer)}", self._secrets)
        except httpx.HTTPError as error:
            msg = without_secrets(f"{type(error).__name__}: {error}", self._secrets)
            raise TryAgain(msg) from None  # the cause holds the address
        return judge(answer.status_code, answer.headers.get("retry-after"), told)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _read(self, answer: httpx.Response) -> str:
        read = b""
        for chunk in answer.iter_raw():
            read += chunk
            if len(read) >= self._max_answer_bytes:
                break
        return read[: self._max_answer_bytes].decode("utf-8", "replace")


def judge(status: int, retry_after: str | None, told: str) -> str:
    """Return what was told if the status says that the event was taken.

    Raises:
        Refused: 3xx, which are not followed, and 4xx but those that a later attempt may not meet.
        TryAgain: Those, and 5xx.
    """
    if 200 <= status < 300:
        return told
    if 300 <= status < 400:
        msg = f"{told} (redirects are not followed: name the final address)"
        raise Refused(msg)
    if 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY:
        raise Refused(told)
    raise TryAgain(told, retry_after_s=parse_retry_after(retry_after, datetime.now(UTC)))
