"""A real Prometheus scrapes every service, and has nothing to object to in what it gets."""

import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

from schemas import Topic
from tests.integration.prometheus import find_programs, query, run_prometheus
from tests.integration.running import Installation, Service
from tests.waiting import wait_until

SERVICES = ("ingest", "processor", "alerts")
TEXT = "Alexander Lukashenko met Vladimir Putin after the European Union imposed sanctions on Belarus."


def test_a_real_prometheus_scrapes_every_service(broker: str, fresh_name: Callable[[str], str], tmp_path: Path) -> None:
    programs = find_programs()
    installation = Installation(broker, fresh_name("prometheus") + ".")
    installation.load_watchlist()
    running = {
        name: Service(["-m", f"services.{name}"], installation, tmp_path / f"{name}.log", **port_zero(name))
        for name in SERVICES
    }
    with running["ingest"], running["processor"], running["alerts"]:
        for service in running.values():
            service.wait_until_ready()
        installation.produce(Topic.ARTICLES, [(None, TEXT.encode()), (None, b"\xff")])
        installation.read(Topic.ALERTS, 1)
        ports = {name: service.port for name, service in running.items()}
        for name, port in ports.items():
            assert check_metrics(programs.promtool, port) == "", name
        with run_prometheus(programs, tmp_path, ports) as address:
            wait_until(lambda: len(query(address, "up == 1")) == len(SERVICES), deadline_s=20)
            for promql, jobs in EXPECTED.items():
                wait_until(
                    lambda promql=promql, jobs=jobs: {r["metric"]["job"] for r in query(address, promql)} == jobs,  # type: ignore[misc]  # bound early
                    deadline_s=20,
                    told=lambda promql=promql: f"{promql}: {query(address, promql)}",  # type: ignore[misc]  # as above
                )


EXPECTED = {
    'sightline_build_info{prefix=~"prometheus-.+[.]"} == 1': set(SERVICES),
    "sightline_ready == 1": set(SERVICES),
    "sightline_loop_restarts_total == 0": {"processor", "alerts"},
    "process_resident_memory_bytes > 0": set(SERVICES),
    "sightline_articles_consumed_total == 2": {"processor"},
    "sightline_articles_enriched_total == 1": {"processor"},
    'sightline_dead_letters_total{topic=~".*articles", reason="not_utf8"} == 1': {"processor"},
    'sightline_sanctions_mentions_total{measure="sanctions", status="imposed"} == 1': {"processor"},
    "sightline_watchlist_actors > 0": {"processor"},
    "time() - sightline_watchlist_modified_timestamp_seconds >= 0": {"processor"},
    "sum by (job) (sightline_stage_duration_seconds_count) > 0": {"processor", "alerts"},
    "sum by (job) (sightline_consumer_lag) == 0": {"processor", "alerts"},
    "sum by (job) (sightline_alerts_total) >= 1": {"alerts"},
    "sightline_publish_to_alert_seconds_count >= 1": {"alerts"},
    'sightline_transactions_total{outcome="committed"} >= 1': {"alerts"},
    'sightline_alerts_state_bytes{topic="alerts.state"} > 100': {"alerts"},
    'sightline_alerts_state_largest_bytes{topic="alerts.state"} >= 1024': {"alerts"},
    "sightline_alerts_state_bound_bytes == 16777216": {"alerts"},
    'sightline_articles_published_total{origin="http"} == 0': {"ingest"},
}


def port_zero(name: str) -> dict[str, str]:
    return {f"SIGHTLINE_{name.upper()}__HTTP__PORT": "0"}


def check_metrics(promtool: str, port: int) -> str:
    """Return what `promtool check metrics` objects to."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        exposition: bytes = answer.read()
    done = subprocess.run([promtool, "check", "metrics"], input=exposition, capture_output=True, check=False)
    said: bytes = done.stdout + done.stderr
    return said.decode()
