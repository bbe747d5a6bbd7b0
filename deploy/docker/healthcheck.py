"""Exit with 0 if the service in this container says that it is ready, else with 1: the image's HEALTHCHECK.

The ports are those of the settings' defaults, or the one that is given.
"""

import sys
import urllib.error
import urllib.request

PORTS = (8080, 8081, 8082, 8083)  # ingest, processor, alerts, notifier


def is_ready(port: int) -> bool:
    """Ask the service that listens on a port, if there is one."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    ports = [int(port) for port in sys.argv[1:]] or PORTS
    sys.exit(0 if any(is_ready(port) for port in ports) else 1)
