# /// script
# requires-python = ">=3.11"
# ///
"""Write word_counts.txt: how often each word stands in a corpus of news, and how often in lower case.

Only needed to count another corpus: `python services/watchlist/data/build_word_counts.py FILE.jsonl.gz`, with one
article a line, whose body is `text`. What is shipped was counted in the statements and briefings of the White House of
2021 to 2023, which are in the public domain.
"""

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

from services.watchlist.folding import fold

FEWEST = 4
WORD = re.compile(r"\w+")


def main() -> None:
    """Write the file beside this script."""
    total: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            for match in WORD.finditer(fold(text)):
                total[match[0]] += 1
                lower[match[0]] += text[match.start()].islower()
    kept = sorted(word for word, count in total.items() if count >= FEWEST and word.isascii())
    rows = "".join(f"{word} {total[word]} {lower[word]}\n" for word in kept)
    head = f"# word, times it stands, times in lower case, of {total.total()} words; written by build_word_counts.py\n"
    Path(__file__).with_name("word_counts.txt").write_text(head + rows, "utf-8")


if __name__ == "__main__":
    main()
