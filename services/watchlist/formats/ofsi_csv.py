"""The United Kingdom's consolidated list, OFSI `ConList.csv`: one row for each name and each birth date of an entry."""

from collections.abc import Iterator
from itertools import chain

from schemas import Actor
from services.core.listing import ListingError
from services.watchlist.formats.csv_rows import rows
from services.watchlist.formats.entries import clean, countries_of, kind_of, make_actor, read_date, read_day
from services.watchlist.formats.id_numbers import id_numbers
from services.watchlist.formats.members import Member

LIST = "uk"
_NAMES = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
_NEEDED = ("Name 6", "Group Type", "Alias Type", "Group ID")
_PRIME = frozenset({"prime alias", "primary name"})
_WEAK = "low quality"
_NUMBERS = {
    "Passport Details": "passport",
    "Passport Number": "passport",
    "NI Number": "national id",
    "National Identification Number": "national id",
}

Entry = list[tuple[int, dict[str, str]]]


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list. The rows of an entry lie apart: all are read before the first actor is known.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    entries: dict[str, Entry] = {}
    lines = rows(member)
    next(lines, None)  # when the list was last updated
    _, header = next(lines, (0, []))
    header = [clean(column) for column in header]
    if absent := [column for column in _NEEDED if column not in header]:
        raise ListingError(member.source, f"has no column `{absent[0]}`", line=2)
    for line, row in lines:
        if len(row) != len(header):
            problem = f"{len(row)} fields where the header has {len(header)}"
            raise ListingError(member.source, problem, line=line)
        fields = dict(zip(header, map(clean, row), strict=True))
        entries.setdefault(fields["Group ID"], []).append((line, fields))
    for group, entry in entries.items():
        yield _actor(group, entry, member.source)


def _actor(group: str, entry: Entry, source: str) -> Actor:
    line, first = next(((n, row) for n, row in entry if row["Alias Type"].lower() in _PRIME), entry[0])
    listed = [row for _, row in entry]
    days = {
        column: [day for row in listed if (day := read_day(row.get(column)))]
        for column in ("Listed On", "Last Updated")
    }
    return make_actor(
        source,
        line,
        id=f"ofsi-{group}" if group else "",
        name=_name(first),
        type=kind_of(first["Group Type"]),
        aliases=[_name(row) for row in listed if not _is_weak(row)]
        + [row.get("Name Non-Latin Script", "") for row in listed],
        weak_aliases=[_name(row) for row in listed if _is_weak(row)],
        countries=countries_of(chain.from_iterable((row.get("Nationality"), row.get("Country")) for row in listed)),
        birth_dates=[read_date(row.get("DOB")) for row in listed],
        programmes=[row.get("Regime", "") for row in listed],
        id_numbers=id_numbers((kind, row.get(column, ""), None) for row in listed for column, kind in _NUMBERS.items()),
        lists=[LIST],
        listed_on=min(days["Listed On"], default=None),
        amended_on=max(days["Last Updated"], default=None),
        remarks=first.get("Other Information", ""),
    )


def _name(row: dict[str, str]) -> str:
    return clean(" ".join(row.get(column, "") for column in _NAMES))


def _is_weak(row: dict[str, str]) -> bool:
    return _WEAK in row.get("Alias Quality", "").lower()
