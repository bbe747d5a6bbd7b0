"""OpenSanctions' `targets.simple.csv`: one row for each target, several values in a field parted by semicolons."""

import csv
from collections.abc import Iterator

from schemas import Actor
from services.core.listing import ListingError
from services.watchlist.formats.csv_rows import rows
from services.watchlist.formats.entries import clean, countries_of, make_actor, read_date, read_day
from services.watchlist.formats.ftm import TYPES
from services.watchlist.formats.members import Member

_NEEDED = ("id", "schema", "name", "aliases")


def read(member: Member) -> Iterator[Actor]:
    """Yield the actors of the list.

    Raises:
        ListingError: It is not as it should be; names line and field.
    """
    lines = rows(member)
    _, header = next(lines, (0, []))
    if absent := [column for column in _NEEDED if column not in header]:
        raise ListingError(member.source, f"has no column `{absent[0]}`", line=1)
    for line, row in lines:
        if len(row) != len(header):
            raise ListingError(member.source, f"{len(row)} fields where the header has {len(header)}", line=line)
        fields = dict(zip(header, row, strict=True))
        if fields["schema"] in TYPES:
            yield _actor(fields, member.source, line)


def _actor(fields: dict[str, str], source: str, line: int) -> Actor:
    return make_actor(
        source,
        line,
        id=fields["id"],
        name=fields["name"],
        type=TYPES[fields["schema"]],
        aliases=_values(fields, "aliases"),
        countries=countries_of(_values(fields, "countries")),
        birth_dates=[read_date(said) for said in _values(fields, "birth_date")],
        programmes=[clean(said) for said in _values(fields, "sanctions")],
        lists=[clean(said) for said in _values(fields, "dataset")],
        amended_on=read_day(fields.get("last_change")),
    )


def _values(fields: dict[str, str], column: str) -> list[str]:
    """Return the values of a field; one that holds a semicolon itself stands in quotation marks."""
    said = " ".join(fields.get(column, "").splitlines())  # to the reader a line break would end the row
    return next(csv.reader([said], delimiter=";"), [])
