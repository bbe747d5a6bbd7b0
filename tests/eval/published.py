"""The scorer whose figures are published with the labels; it lies beside the checkout, where it is at all."""

import importlib.util
from types import ModuleType

from tests.eval.labels import SHARED


def published_scorer() -> ModuleType | None:
    """Return the scorer as a module, or None where it is not."""
    spec = importlib.util.spec_from_file_location("published_scorer", SHARED / "eval" / "score.py")
    if spec is None or spec.loader is None or not (SHARED / "eval" / "score.py").exists():
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
