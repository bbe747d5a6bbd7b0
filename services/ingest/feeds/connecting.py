"""Connect only to hosts on the public internet, and to those that are named as meant though they are not.

A feed is somebody else's text, and so are its redirects and links, and the addresses that its names resolve to: none of
them may make us ask what only we can reach. What was checked is what is connected to (DNS rebinding).
"""

from contextlib import suppress
from urllib.request import getproxies, proxy_bypass

import httpx
from anyio.to_thread import run_sync

from services.core.addresses import Resolve, is_public, resolve

_DEFAULT_PORTS = {"http": 80, "https": 443}
# A connection belongs to one name, though many may have its address: none is kept for the next request.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=0)


class Refused(Exception):  # noqa: N818 - reads well where it is raised
    """The address is not asked, or its answer not taken; the text says why."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends each request to an address that was checked; its certificate is checked against the name.

    Where the environment names a proxy, that one connects; what resolves here to the inside is not asked of it either.
    """

    def __init__(self, private_hosts: frozenset[str] = frozenset(), *, resolve: Resolve = resolve) -> None:
        """Describe it.

        Args:
            private_hosts: What may be on the inside: `host` or `host:port`, as in addresses.
            resolve: How names become addresses.
        """
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        self._resolve = resolve
        self._direct = httpx.AsyncHTTPTransport(limits=_LIMITS)
        self._proxies = {
            scheme: httpx.AsyncHTTPTransport(proxy=_with_scheme(address), limits=_LIMITS)
            for scheme, address in getproxies().items()
            if scheme in {*_DEFAULT_PORTS, "all"} and address
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first address of its host that is allowed and takes connections."""
        host = request.url.host
        proxy = self._proxies.get(request.url.scheme) or self._proxies.get("all")
        is_private = request.url.netloc.decode("ascii") in self._private_hosts
        if proxy is not None and not proxy_bypass(host):
            with suppress(OSError, UnicodeError):  # perhaps only the proxy knows the name
                await self._allowed(request.url, is_private=is_private)
            return await proxy.handle_async_request(request)
        try:
            allowed = await self._allowed(request.url, is_private=is_private)
        except (OSError, UnicodeError) as error:
            msg = f"the name {host} cannot be resolved ({getattr(error, 'strerror', None) or error})"
            raise httpx.ConnectError(msg, request=request) from error
        checked = [request.url.copy_with(host=address) for address in allowed]
        request.extensions["sni_hostname"] = host
        for url in checked[:-1]:
            request.url = url
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._direct.handle_async_request(request)
        request.url = checked[-1]
        return await self._direct.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in (self._direct, *self._proxies.values()):
            await transport.aclose()

    async def _allowed(self, url: httpx.URL, *, is_private: bool) -> list[str]:
        port = url.port or _DEFAULT_PORTS[url.scheme]
        addresses = await run_sync(self._resolve, url.host, port, abandon_on_cancel=True)
        allowed = [address for address in addresses if is_private or is_public(address)]
        if not allowed:
            shown = url.netloc.decode("ascii")
            msg = f"{shown} is not on the public internet; SIGHTLINE_INGEST__FEEDS__PRIVATE_HOSTS names what is meant"
            raise Refused(msg)
        return allowed


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"
