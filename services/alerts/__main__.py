"""The entry point: settings and rules are read, then the service runs until it is told to stop."""

import sys

from services.alerts.app import run
from services.core.errors import ConfigurationError
from services.core.logging import configure_logging
from services.core.settings import load_settings
from services.core.tracing import tracing


def main() -> int:
    """Run the service, and return its exit code: 2 if something that a person wrote cannot be used."""
    try:
        settings = load_settings()
        configure_logging(settings.log, service="alerts")
        with tracing(settings.tracing, service="alerts") as tracer:
            return run(settings, tracer)
    except ConfigurationError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
