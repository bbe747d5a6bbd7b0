# /// script
# requires-python = ">=3.11"
# dependencies = ["rigour==2.6.1"]
# ///
"""Write territories.json from the territories of rigour (MIT): states with their short, long and non-Latin names.

Only needed to follow a newer release of rigour: `uv run services/watchlist/data/build_territories.py`. What is written
by hand (metonyms, demonyms, acronyms, bodies) stands in known.yaml.
"""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from rigour._core import territories_jsonl  # type: ignore[import-not-found]  # not installed with Sightline

SHORT = {  # code: the name that news uses, where rigour's own is longer or newer
    "tr": "Turkey", "hk": "Hong Kong", "mo": "Macao", "nr": "Nauru", "va": "Vatican", "cg": "Republic of the Congo",
    "cd": "Democratic Republic of the Congo", "ci": "Ivory Coast", "tl": "East Timor", "kn": "St. Kitts and Nevis",
    "lc": "St. Lucia", "vc": "St. Vincent and the Grenadines",
}  # fmt: skip
DEPENDENT = ("hk", "mo", "ps", "pr", "gu", "gf", "nc", "tw", "xk")  # no states to rigour, but actors in the news
LEFT_OUT = frozenset({"cc", "cx", "gs", "io", "nf", "pn", "wf", "sh", "eh", "un", "eu"})
SCRIPTS = ("CYRILLIC", "CJK", "HANGUL", "ARABIC", "HEBREW", "GEORGIAN", "ARMENIAN", "GREEK", "HIRAGANA", "KATAKANA")
PLAIN = re.compile(r"[\w .'\u2019-]+")


def main() -> None:
    """Write the file beside this script."""
    rows = [json.loads(line) for line in territories_jsonl().splitlines()]
    states = [state(row) for row in rows if is_state(row)]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in sorted(states, key=lambda s: s["id"]))
    Path(__file__).with_name("territories.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def is_state(row: dict[str, Any]) -> bool:
    """Whether the news may speak of the territory as an actor."""
    code = row["code"]
    if code in DEPENDENT:
        return True
    return bool(row.get("is_country")) and not row.get("is_historical") and "-" not in code and code not in LEFT_OUT


def state(row: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an actor."""
    name = SHORT.get(row["code"], row["name"])
    others = [row["name"], row["full_name"], *row.get("names_strong", ()), *row.get("names_weak", ())]
    aliases = sorted({other for other in others[:2] if other != name} | {o for o in others[2:] if is_other_script(o)})
    return {"id": slug(name), "name": name, "type": "state", "aliases": aliases, "countries": [row["code"]]}


def is_other_script(name: str) -> bool:
    """Whether a name is a plain one in a script other than Latin, capitalised where there are capitals."""
    letters = [char for char in name if char.isalpha()]
    known = all(unicodedata.name(char, "").startswith(SCRIPTS) for char in letters)
    capital = not letters or letters[0].isupper() or not letters[0].islower()
    shortest = 2 if letters and unicodedata.name(letters[0], "").startswith(("CJK", "HANGUL")) else 4
    return known and capital and len(letters) >= shortest and PLAIN.fullmatch(name) is not None


def slug(name: str) -> str:
    """Return the id of a state: its name in lower-case ASCII, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


if __name__ == "__main__":
    main()
