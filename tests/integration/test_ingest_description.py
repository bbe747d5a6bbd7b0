"""The HTTP API keeps to its own description: Schemathesis makes requests from it, good and bad, for the real server."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from services.ingest.keys import hash_key, make_key
from tests.integration.running import CHECKOUT, Installation, Service

EXAMPLES, SEED = 200, 20230228
# Of several articles those that are well-formed are taken, and 207 says which were not.
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [207, 400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 431]
"""


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    return Installation(broker, fresh_name("described") + ".")


@pytest.mark.parametrize("is_keyed", [False, True], ids=["open", "keyed"])
def test_every_answer_is_one_that_is_described(installation: Installation, tmp_path: Path, *, is_keyed: bool) -> None:
    key = make_key()
    settings = {"HTTP__PORT": "0", "REQUESTS_PER_MINUTE": "0"} | (
        {"API_KEYS": hash_key("desk", key).setting} if is_keyed else {}
    )
    environment = {f"SIGHTLINE_INGEST__{name}": value for name, value in settings.items()}
    with Service(["-m", "services.ingest"], installation, tmp_path / "log", **environment) as service:
        service.wait_until_ready()
        url = f"http://127.0.0.1:{service.port}/openapi.json"
        command = [str(Path(sys.executable).with_name("st")), "run", url, "--checks", "all", "--seed", str(SEED)]
        command += ["--max-examples", str(EXAMPLES), "--suppress-health-check", "all", "--no-color"]
        command += ["--generation-database", "none"]
        (tmp_path / "schemathesis.toml").write_text(CONFIG)
        done = subprocess.run(
            [*command, *(["-H", f"X-API-Key: {key}"] if is_keyed else [])],
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.integration.described_cases", "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert httpx.get(f"http://127.0.0.1:{service.port}/healthz").status_code == 200
        assert service.metric('sightline_articles_published_total{origin="http"}') > 0
        assert service.stop() == 0
        assert "Traceback" not in service.said
