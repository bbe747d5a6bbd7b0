"""Run the ingest service: `python -m services.ingest`."""

import sys

from services.core.errors import ConfigurationError
from services.core.logging import configure_logging
from services.core.settings import load_settings
from services.core.tracing import tracing
from services.ingest.app import run


def main() -> int:
    """Run until told to stop; 2 where the settings cannot be used."""
    try:
        settings = load_settings()
        configure_logging(settings.log, service="ingest")
        with tracing(settings.tracing, service="ingest") as tracer:
            run(settings, tracer)
    except ConfigurationError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
