# /// script
# requires-python = ">=3.11"
# ///
"""Write name_parts.txt: words that stand in the names of many people of a list, and so tell few of them apart.

Only needed to count another list: `python services/watchlist/data/build_name_parts.py sdn.xml.gz`. What is shipped was
counted in OFAC's list of May 2024, which is in the public domain.
"""

import sys
from collections import Counter
from pathlib import Path

from schemas import ActorType
from services.watchlist.formats.recognition import read_lists
from services.watchlist.words import Words, plain_word

FEWEST = 20


def main() -> None:
    """Write the file beside this script."""
    bearers: Counter[str] = Counter()
    for actor in read_lists([Path(sys.argv[1])]):
        if actor.type is ActorType.PERSON:
            names = (actor.name, *actor.aliases)
            bearers.update({plain_word(word).decode() for name in names for word in Words(name).listed})
    kept = sorted(word for word, count in bearers.items() if count >= FEWEST and word.isascii() and len(word) > 1)
    head = "# Words in the names of many people of OFAC's list; written by build_name_parts.py\n"
    Path(__file__).with_name("name_parts.txt").write_text(head + "".join(f"{word}\n" for word in kept), "utf-8")


if __name__ == "__main__":
    main()
