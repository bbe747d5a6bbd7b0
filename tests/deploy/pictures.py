"""Draw dashboards from what Prometheus saw of the system under load, as SVG: `python -m tests.deploy.pictures`.

The load comes in waves, and once the processor is killed and started again: a lag that grows and is worked off.
"""

import argparse
import json
import math
import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console

from services.core.settings import load_settings
from services.local.broker import EmbeddedBroker
from services.local.fetch import fetch_broker
from services.local.java import java_executable
from tests.conftest import CHECKOUT
from tests.deploy.dashboards import FOLDER, Series, Span, execute, queries, variables
from tests.deploy.drawing import draw
from tests.deploy.load import System, running, under_load
from tests.waiting import wait_until

IMAGES = CHECKOUT / "docs" / "images"
DRAWN = ("overview",)
_WAVE_S = 90.0
_AWAY_S = 15.0


Found = list[tuple[int, str, list[float], list[float]]]  # panel's id, legend, times and values


def main() -> None:
    """Run, draw, and say where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=240.0, help="how long the load lasts")
    parser.add_argument("--data", type=Path, help="draw this file; or write it if it is not there, and draw it")
    given = parser.parse_args()
    if given.data is None or not given.data.exists():
        data = _measure(given.seconds)
        if given.data is not None:
            given.data.write_text(json.dumps(data))
    else:
        data = json.loads(given.data.read_text())
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in DRAWN:
        path = IMAGES / f"dashboard-{name}.svg"
        draw(json.loads((FOLDER / f"{name}.json").read_text("utf-8")), _series(data[name]), path)
        Console().print(str(path.relative_to(CHECKOUT)))


def _measure(seconds: float) -> dict[str, Found]:
    """Return what Prometheus gives for each drawn dashboard."""
    folder = Path(tempfile.mkdtemp(prefix="sightline-pictures-"))
    try:
        jars = fetch_broker(load_settings(find_local=False).local, Console(quiet=True))
        with EmbeddedBroker(jars, java_executable(), folder / "broker") as broker:
            (folder / "system").mkdir()
            with running(broker.bootstrap_servers, "", folder / "system") as system:
                return _run(system, seconds)
    finally:
        shutil.rmtree(folder)


def _run(system: System, seconds: float) -> dict[str, Found]:
    began = time.time()

    def rate() -> float:
        return 12 + 8 * math.sin((time.time() - began) / _WAVE_S * 2 * math.pi)

    with under_load(system, rate=rate):
        _wait_until(began + 0.6 * seconds)
        processor = system.services["processor"]
        processor.kill()
        _wait_until(time.time() + _AWAY_S)
        with processor:
            _wait_until(began + seconds)
            return {name: _ask(system, FOLDER / f"{name}.json", Span(began, time.time(), step=2)) for name in DRAWN}


def _ask(system: System, file: Path, span: Span) -> Found:
    filled = variables(system.prometheus, json.loads(file.read_text("utf-8")), span)
    found = []
    for asked in queries(file):
        series = execute(system.prometheus, asked, filled, span)
        found += [(asked.panel_id, each.legend, [t - span.start for t in each.times], each.values) for each in series]
    return found


def _series(found: Found) -> list[tuple[int, Series]]:
    return [(panel, Series(legend, times, values)) for panel, legend, times, values in found]


def _wait_until(at: float) -> None:
    """The load takes its time: that is what is drawn."""
    wait_until(lambda: time.time() >= at, deadline_s=at - time.time() + 5)


if __name__ == "__main__":
    main()
