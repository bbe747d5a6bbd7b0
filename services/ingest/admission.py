"""Who may publish over HTTP: a known key if there are keys, no web page if there are none, and nobody too often."""

import ipaddress
import math
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import APIKeyHeader

from services.core.metrics import IngestMetrics
from services.core.settings import IngestSettings
from services.ingest.keys import keys_of, name_of
from services.ingest.quota import Quota

_IPV6_SITE = 64  # bits: within them one customer of a network has all addresses


def create_admission(settings: IngestSettings, metrics: IngestMetrics) -> Callable[..., Awaitable[None]]:
    """Return a dependency of FastAPI that lets a request in before its body is read, or raises why not.

    Where there is no key, the description of the API does not ask for one.
    """
    keys, quota = keys_of(settings), Quota(settings.requests_per_minute)
    header = APIKeyHeader(name="X-API-Key", auto_error=False, description="A key of the installation.")

    def count(client: str) -> None:
        wait_s = quota.take(client, now=time.monotonic())
        if wait_s:
            metrics.refused.labels("rate").inc()
            detail = f"more than {settings.requests_per_minute:,} requests a minute: send several articles in one"
            raise HTTPException(429, detail, headers={"Retry-After": str(math.ceil(wait_s))})

    async def admit_known(request: Request, given: Annotated[str | None, Depends(header)]) -> None:
        # Headers reach us decoded as Latin-1, whatever bytes they are.
        name = None if given is None else name_of(given.encode("latin-1"), keys)
        # Who has no key is counted by address: asking is not free.
        count(_site_of(request) if name is None else f"key {name}")
        if name is None:
            metrics.refused.labels("key").inc()
            raise HTTPException(401, "the X-API-Key header is missing or wrong", headers={"WWW-Authenticate": "ApiKey"})

    async def admit_anybody(request: Request) -> None:
        count(_site_of(request))
        if "origin" in request.headers:
            metrics.refused.labels("origin").inc()
            # Any page that a browser here shows could send articles, without being able to read the answer.
            raise HTTPException(403, "web pages may publish only with an API key, and no key is set")

    return admit_known if keys else admit_anybody


def _site_of(request: Request) -> str:
    if request.client is None:
        return "unknown"
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return request.client.host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _IPV6_SITE), strict=False))
    return str(address)
