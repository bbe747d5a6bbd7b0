"""Tell from its first bytes which format a file has, and read lists of any format."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from schemas import Actor
from services.core.listing import ListingError
from services.watchlist.formats import (
    eu_xml,
    ftm,
    ofac_csv,
    ofac_xml,
    ofsi_csv,
    opensanctions_csv,
    own,
    senzing,
    un_xml,
)
from services.watchlist.formats.members import Member, members
from services.watchlist.holding import OWN

_TAG = re.compile(r"<(?:\w+:)?(\w+)[\s>/]")
_OFAC_ROW = re.compile(r"\d+,")


class Format(StrEnum):
    """The formats that are read."""

    OFAC_XML = "OFAC XML"
    OFAC_CSV = "OFAC CSV"
    OFAC_CSV_PART = "OFAC CSV, further names, addresses or remarks"
    EU_XML = "EU FSF XML"
    UN_XML = "UN XML"
    OFSI_CSV = "UK OFSI CSV"
    FTM = "FollowTheMoney JSON lines"
    SENZING = "Senzing JSON lines"
    OPENSANCTIONS_CSV = "OpenSanctions simple CSV"
    LINES = "Sightline JSON lines"
    YAML = "Sightline YAML"


# Whose list a format is the format of: the name under which it is loaded, unless another is given.
_NAMES = {
    Format.OFAC_XML: "ofac",
    Format.OFAC_CSV: "ofac",
    Format.EU_XML: "eu",
    Format.UN_XML: "un",
    Format.OFSI_CSV: "uk",
    Format.YAML: OWN,
    Format.LINES: OWN,
}
_XML = {"sdnList": Format.OFAC_XML, "export": Format.EU_XML, "CONSOLIDATED_LIST": Format.UN_XML}
_READ: dict[Format, Callable[[Member], Iterator[Actor]]] = {
    Format.OFAC_XML: ofac_xml.read,
    Format.EU_XML: eu_xml.read,
    Format.UN_XML: un_xml.read,
    Format.OFSI_CSV: ofsi_csv.read,
    Format.FTM: ftm.read,
    Format.SENZING: senzing.read,
    Format.OPENSANCTIONS_CSV: opensanctions_csv.read,
    Format.LINES: own.read_lines,
    Format.YAML: own.read_yaml,
}


def read_lists(paths: Sequence[Path]) -> Iterator[Actor]:
    """Yield the actors of files, archives and folders of any format, in their order.

    The files of OFAC's CSV format belong together: give all of them, or what holds them.

    Raises:
        ListingError: A file is of no known format or not as it should be, holds nobody, or two of its entries have one
        id.
    """
    return (actor for _, actor in read_lists_by_source(paths))


def read_named_lists(paths: Sequence[Path], name: str | None = None) -> Iterator[tuple[str, Actor]]:
    """Yield the actors of files as `read_lists` does, each with the name of its list.

    Args:
        paths: Files, archives and folders.
        name: Of the list that they are; None: the name of the authority whose format it is.

    Raises:
        ListingError: As `read_lists` raises it, or many publishers use the format and no name is given.
    """
    for (member, form), actor in read_lists_by_source(paths):
        known = name or _NAMES.get(form)
        if known is None:
            raise ListingError(
                member.source, f"says not whose list it is ({form}): name it with --as, such as --as peps"
            )
        yield known, actor


def read_lists_by_source(paths: Sequence[Path]) -> Iterator[tuple[tuple[Member, Format], Actor]]:
    """Yield the actors of files as `read_lists` does, each with the file that it stands in and its format.

    Raises:
        ListingError: A file is of no known format or not as it should be, holds nobody, or two of its entries have one
        id.
    """
    found = [(member, recognise(member)) for path in paths for member in members(path)]
    parts = [member for member, form in found if form is Format.OFAC_CSV_PART]
    lists = [(member, form) for member, form in found if form is not Format.OFAC_CSV_PART]
    if not lists:
        names = ", ".join(member.source for member in parts) or ", ".join(map(str, paths))
        raise ListingError(
            names, "holds no list" if not parts else "says more of entries of `sdn.csv`, which is absent"
        )
    for member, form in lists:
        actors = ofac_csv.read(member, parts) if form is Format.OFAC_CSV else _READ[form](member)
        yield from (((member, form), actor) for actor in _once(actors, member.source))


def recognise(member: Member) -> Format:
    """Return the format of a file.

    Raises:
        ListingError: It has none that is known.
    """
    head = member.head().decode("utf-8-sig", "replace").lstrip()
    if not head:
        raise ListingError(member.source, "is empty")
    form = (
        _recognise_xml(head)
        if head.startswith("<")
        else _recognise_json(head)
        if head[0] in "{["
        else _recognise_text(head)
    )
    if form is None:
        page = head[:15].lower().startswith(("<!doctype html", "<html"))
        problem = "is a web page, not a list" if page else f"has no format that is known; it begins with {head[:40]!r}"
        raise ListingError(member.source, problem)
    return form


def _once(actors: Iterable[Actor], source: str) -> Iterator[Actor]:
    seen: set[str] = set()
    for actor in actors:
        if actor.id in seen:
            raise ListingError(source, f"id `{actor.id}` ({actor.name}) stands there twice")
        seen.add(actor.id)
        yield actor
    if not seen:
        raise ListingError(source, "holds nobody")


def _recognise_xml(head: str) -> Format | None:
    tag = _TAG.search(head)
    return _XML.get(tag[1]) if tag else None


def _recognise_json(head: str) -> Format | None:
    line = head.partition("\n")[0]
    if line.startswith('{"op"'):
        return None  # what changed in a list, which is no list
    if '"schema"' in line and '"properties"' in line:
        return Format.FTM
    if '"RECORD_ID"' in line or '"DATA_SOURCE"' in line:
        return Format.SENZING
    return Format.LINES if '"id"' in line and '"name"' in line else None


def _recognise_text(head: str) -> Format | None:
    lines = head.splitlines()
    if lines[0].startswith("Last Updated,") and len(lines) > 1 and "Group ID" in lines[1]:
        return Format.OFSI_CSV
    if {"id", "schema", "aliases"} <= {column.strip('"') for column in lines[0].split(",")}:
        return Format.OPENSANCTIONS_CSV
    if _OFAC_ROW.match(lines[0]):
        columns = len(next(csv.reader(lines[:1])))
        if columns == ofac_csv.PRIMARY:
            return Format.OFAC_CSV
        return Format.OFAC_CSV_PART if columns in {ofac_csv.ALIASES, ofac_csv.ADDRESSES, ofac_csv.COMMENTS} else None
    return Format.YAML if re.search(r"^actors:", head, re.MULTILINE) else None
