# /// script
# requires-python = ">=3.11"
# ///
"""Write company_forms.txt and company_words.txt: what the legal form of a company is called, and words for one thing.

Only needed to take up newer data: `python services/watchlist/data/build_company_words.py org_types.yml symbols.yml`,
with two files of rigour (MIT; github.com/opensanctions/rigour, resources/names). What is shipped is of its version 2.6.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from services.watchlist.likeness.latin import latin_words

HEAD = "# {what}, a group a line, in plain Latin letters; from rigour 2.6 (MIT), written by build_company_words.py\n"


def main() -> None:
    """Write both files beside this script."""
    types, symbols = (yaml.safe_load(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
    forms: dict[str, set[str]] = {}
    for entry in types["types"]:
        group = next((str(entry[key]) for key in ("generic", "compare", "display") if entry.get(key)), "")
        key = "".join(_plain([group])) or "other"
        forms.setdefault(key, set()).update(_plain([entry.get("display", ""), *entry.get("aliases", ())]))
    _write("company_forms.txt", "Legal forms of companies: what they have in common, and names of them", forms, "; ")
    words: dict[str, set[str]] = {}
    for entry in (symbols["org_symbols"], symbols["org_domains"]):
        for group, aliases in entry.items():
            words.setdefault(str(group), set()).update(word for word in _plain(aliases) if " " not in word)
    _write("company_words.txt", "Words of names of organisations that stand for one thing", words, " ")


def _plain(names: Iterable[object]) -> list[str]:
    return [text for name in names if (text := " ".join(word.text for word in latin_words(str(name))))]


def _write(name: str, what: str, groups: dict[str, set[str]], between: str) -> None:
    seen: set[str] = set()
    lines = []
    for group, members in sorted(groups.items()):
        new = sorted(members - seen)
        seen.update(new)
        if new:
            lines.append(f"{group}: {between.join(new)}\n")
    Path(__file__).with_name(name).write_text(HEAD.format(what=what) + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
