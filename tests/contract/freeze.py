"""`python -m tests.contract.freeze`: keep what this version promises as released, before its tag is set."""

import json
import subprocess
import sys

from tests.conftest import CHECKOUT
from tests.contract.surface import RELEASED, today


def main() -> int:
    """Write it, unless this version is released already; return the exit code."""
    surface = today()
    version = surface["version"]
    tag = subprocess.run(
        ["git", "tag", "--list", f"v{version}"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if tag.stdout.strip():
        sys.stderr.write(f"{version} is released, and stays as it is: raise the version in pyproject.toml first\n")
        return 1
    RELEASED.mkdir(exist_ok=True)
    file = RELEASED / f"{version}.json"
    file.write_text(json.dumps(surface, indent=1, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(f"{file.relative_to(CHECKOUT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
