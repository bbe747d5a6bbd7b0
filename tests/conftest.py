"""What all tests share. Real data may lie beside the checkout; tests that need it skip, visibly, where it does not."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Machines differ: how long an example takes says nothing about the code.
settings.register_profile("sightline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sightline")

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real news and lists, which is not part of the project."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real data is not here: {folder}")
    return folder
