"""Programs that check what is deployed, beside those that the integration tests run."""

from pathlib import Path

from tests.integration.alertmanager import find_alertmanager


def amtool() -> str:
    """Return Alertmanager's tool, which is where Alertmanager is."""
    return str(Path(find_alertmanager()).with_name("amtool"))
