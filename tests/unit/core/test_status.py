"""Health says the truth, and the status server passes it on."""

import socket
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry, Counter

from services.core.errors import ConfigurationError
from services.core.health import STALLED_S, Health
from services.core.sections import HttpSettings
from services.core.status_server import StatusServer


def fetch(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_each_part_can_keep_a_service_from_being_ready() -> None:
    health = Health()
    assert health.not_ready() is None
    health.report("broker", "nobody answers")
    health.report("partitions", "none assigned")
    assert health.not_ready() == "broker: nobody answers; partitions: none assigned"
    health.report("broker", None)
    assert health.not_ready() == "partitions: none assigned"
    assert health.not_alive() is None


def test_a_main_loop_that_stands_still_is_told() -> None:
    now = 0.0
    health = Health(clock=lambda: now)
    health.beat()
    assert health.not_alive() is None
    now = STALLED_S + 1
    assert health.not_alive() == "the main loop has stood still for 61 s"
    assert health.not_ready() == health.not_alive()
    health.beat()
    assert health.not_alive() is None


def test_the_server_answers_with_metrics_and_health() -> None:
    registry, health = CollectorRegistry(), Health()
    Counter("things_total", "Things.", registry=registry).inc()
    health.report("broker", "away")
    with StatusServer(HttpSettings(), registry, health) as server:
        assert "things_total 1.0" in fetch(server.port, "/metrics")[1]
        assert fetch(server.port, "/healthz") == (200, "ok\n")
        assert fetch(server.port, "/readyz") == (503, "broker: away\n")
        health.report("broker", None)
        assert fetch(server.port, "/readyz") == (200, "ok\n")
        assert fetch(server.port, "/")[0] == 404


def test_a_taken_port_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}"),
            StatusServer(HttpSettings(port=port), CollectorRegistry(), Health()),
        ):
            pass
