"""Print the peak memory, in megabytes, of a process that reads what the processor reads, with all that it imports."""

import resource
import sys
from pathlib import Path

import services.processor.running  # noqa: F401 - what the processor imports takes memory too
from schemas import IdentifiedArticle
from services.extraction.pipeline import load_extractor
from tests.bench import corpora, names
from tests.bench.__main__ import long_text


def main() -> None:
    """Read ordinary articles, and then the longest that there may be, twice."""
    extractor = load_extractor(names.seeds())
    for article in (corpora.reuters(1_000) or corpora.paragraphs()).articles:
        extractor.extract(article).model_dump_json()
    for _ in range(2):
        extractor.extract(IdentifiedArticle(id="long", text=long_text())).model_dump_json()
    sys.stdout.write(f"{_peak()}\n")


def _peak() -> float:
    """Peak memory in megabytes. Linux counts what the process that started this one held, unless asked as here."""
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


if __name__ == "__main__":
    main()
