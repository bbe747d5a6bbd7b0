"""What the tests of the evaluation share."""

from types import ModuleType

import pytest

from tests.eval.published import published_scorer


@pytest.fixture(scope="module")
def published() -> ModuleType:
    """The scorer whose figures are published."""
    scorer = published_scorer()
    if scorer is None:
        pytest.skip("the published scorer is not here")
    return scorer
