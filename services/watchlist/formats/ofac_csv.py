"""OFAC's CSV files: `sdn.csv` or `cons_prim.csv` with the further names and addresses that lie beside it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from schemas import Actor, ActorType
from services.core.listing import ListingError
from services.watchlist.formats.csv_rows import rows
from services.watchlist.formats.entries import clean, countries_of, kind_of, make_actor, read_date
from services.watchlist.formats.members import Member
from services.watchlist.formats.ofac_xml import LIST, URL

PRIMARY, ALIASES, ADDRESSES, COMMENTS = 12, 5, 6, 2  # columns
_NOTHING = "-0-"
_BORN = re.compile(r"(?:alt\. )?DOB (?:circa )?([^;.]+)")
_COUNTRY = re.compile(r"(?:nationality|citizen) ([^;.]+)")
_WEAK = re.compile(r"a\.k\.a\. '([^']+)'")  # of weak aliases, the files give those in the remarks
_SPLIT = re.compile(r"\] \[")


def read(primary: Member, parts: Sequence[Member]) -> Iterator[Actor]:
    """Yield the actors of the list.

    Args:
        primary: `sdn.csv` or `cons_prim.csv`.
        parts: The other files, in any order; each is known by its columns.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    beside = _Beside()
    for member in parts:
        beside.take(member)
    for line, fields in rows(primary):
        if len(fields) != PRIMARY:
            raise ListingError(primary.source, f"{len(fields)} fields where there should be {PRIMARY}", line=line)
        yield _actor([_said(field) for field in fields], beside, primary.source, line)


class _Beside:
    """What the other files say, by number of the entry."""

    def __init__(self) -> None:
        self.aliases: dict[str, list[str]] = defaultdict(list)
        self.countries: dict[str, list[str]] = defaultdict(list)
        self.remarks: dict[str, str] = defaultdict(str)

    def take(self, member: Member) -> None:
        for _, fields in rows(member):
            row = [_said(field) for field in fields]
            if len(row) == ALIASES:
                self.aliases[row[0]].append(row[3])
            elif len(row) == ADDRESSES:
                self.countries[row[0]].append(row[4])
            elif len(row) == COMMENTS:
                self.remarks[row[0]] += row[1]


def _actor(row: list[str], beside: _Beside, source: str, line: int) -> Actor:
    number, name, kind = row[0], row[1], kind_of(row[2])
    person = kind is ActorType.PERSON
    remarks = row[11] + beside.remarks[number]
    return make_actor(
        source,
        line,
        id=f"ofac-{number}" if number else "",
        name=_in_order(name) if person else name,
        type=kind,
        aliases=[_in_order(alias) if person else alias for alias in beside.aliases[number]],
        weak_aliases=_WEAK.findall(remarks),
        countries=countries_of([*_COUNTRY.findall(remarks), *beside.countries[number], row[8]]),
        birth_dates=[read_date(said) for said in _BORN.findall(remarks)],
        programmes=[clean(programme) for programme in _SPLIT.split(row[3].strip("[]"))],
        lists=[LIST],
        url=URL + number,
        remarks=remarks,
    )


def _said(field: str) -> str:
    return "" if field.strip() == _NOTHING else field.strip()


def _in_order(name: str) -> str:
    """Turn "PUTIN, Vladimir" about."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name
