"""Print as JSON what nomenklatura's logic-v2 says of each pair of a file; runs in an environment of its own."""

import csv
import json
import sys
from pathlib import Path

from followthemoney import model  # type: ignore[import-not-found]
from nomenklatura.matching import get_algorithm  # type: ignore[import-not-found]


def main(file: str) -> None:
    """Compare the pairs of its benchmark of names."""
    algorithm = get_algorithm("logic-v2")
    config = algorithm.default_config()
    scores = []
    with Path(file).open(encoding="utf-8") as rows:
        for number, row in enumerate(csv.DictReader(rows)):
            # It remembers names by the id of their bearer.
            one, other = (
                model.get_proxy(
                    {"id": f"{number}-{side}", "schema": row["schema"], "properties": {"name": [row[f"name{side}"]]}}
                )
                for side in (1, 2)
            )
            scores.append(algorithm.compare(one, other, config).score)
    sys.stdout.write(json.dumps(scores))


if __name__ == "__main__":
    main(sys.argv[1])
