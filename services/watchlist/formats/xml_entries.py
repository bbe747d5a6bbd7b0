"""Walk through an XML list entry by entry; entities, document types and what is out of proportion are refused."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from lxml import etree

from services.core.listing import ListingError


@dataclass(slots=True)
class Entry:
    """An element, its name space left out.

    Attributes:
        name: Local name.
        line: Where it ends in the file.
        text: What it holds before its first part.
        attributes: By name.
        parts: The elements in it, by local name and in their order.
    """

    name: str
    line: int
    text: str
    attributes: Mapping[str, str]
    parts: dict[str, list["Entry"]] = field(default_factory=dict)

    def each(self, *path: str) -> Iterator["Entry"]:
        """Yield the elements on a path of local names."""
        for part in self.parts.get(path[0], ()):
            if len(path) == 1:
                yield part
            else:
                yield from part.each(*path[1:])

    def texts(self, *path: str) -> Iterator[str]:
        """Yield the texts on a path of local names, but for empty ones."""
        return (part.text for part in self.each(*path) if part.text)

    def first(self, *path: str) -> str:
        """Return the first text on a path of local names, or nothing."""
        return next(self.texts(*path), "")


def entries(stream: BinaryIO, names: Collection[str], source: str) -> Iterator[Entry]:
    """Yield each element with one of these local names.

    Args:
        stream: The list.
        names: Of the elements.
        source: What errors call the list.

    Raises:
        ListingError: It is no well-formed XML, ends too early, or declares a document type; names the line.
    """
    try:
        for _, element in etree.iterparse(
            stream,
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        ):
            if element.getroottree().docinfo.doctype:
                raise ListingError(source, "declares a document type, which no list needs", line=1)
            yield _entry(element)
            _drop(element)
    except etree.XMLSyntaxError as error:
        raise ListingError(source, f"not readable as XML: {error.msg}", line=error.lineno) from error


def _entry(element: Any) -> Entry:  # Any: lxml is not typed
    entry = Entry(_local(element.tag), element.sourceline, (element.text or "").strip(), dict(element.attrib))
    for child in element:
        if isinstance(child.tag, str):  # and no comment
            part = _entry(child)
            entry.parts.setdefault(part.name, []).append(part)
    return entry


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _drop(element: Any) -> None:
    """Free an element and those before it: lists of a gigabyte are not held in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
