"""What all tests share. Real data may lie beside the checkout; tests that need it skip, visibly, where it does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from kafka.net.inet import KafkaNetSocket

# Machines differ: how long an example takes says nothing about the code.
settings.register_profile("sightline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sightline")

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _close_sockets_that_are_given_up() -> Iterator[None]:
    """Where a client is closed while it connects, kafka-python 3.0.12 leaves its socket to the garbage collector.

    It is freed at once; but what is freed without having been closed is a warning, and warnings are errors here.
    """
    connect = KafkaNetSocket.sock_connect

    async def connect_or_close(self: Any, net: Any, sock: Any, *rest: Any, **options: Any) -> Any:
        try:
            return await connect(self, net, sock, *rest, **options)
        except BaseException:
            sock.close()
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KafkaNetSocket, "sock_connect", connect_or_close)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real news and lists, which is not part of the project."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real data is not here: {folder}")
    return folder
