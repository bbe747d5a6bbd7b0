"""Turn a fragment of HTML into plain text, block elements into paragraphs."""

import re
from html.parser import HTMLParser

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
})
# fmt: on
_SILENT = frozenset({"script", "style", "template", "title"})
_BREAK = "\x00"  # stands for a line break until white space is collapsed; HTML text never holds it
_SPACE = re.compile(r"\s+")
_BREAKS = re.compile(rf" *{_BREAK}[ {_BREAK}]*")


def to_plain_text(html: str) -> str:
    """Return what a reader would see: no tags, entities resolved, one line a paragraph."""
    collector = _TextCollector()
    collector.feed(html)
    collector.close()
    return _BREAKS.sub("\n", _SPACE.sub(" ", "".join(collector.parts))).strip()


class _TextCollector(HTMLParser):
    """Tolerates whatever a feed holds: the parser never refuses, unclosed elements are simply text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent_in: str | None = None

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag in _SILENT and self._silent_in is None:
            self._silent_in = tag
        elif tag in _BLOCKS or tag == "br":
            self.parts.append(_BREAK)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent_in:
            self._silent_in = None
        elif tag in _BLOCKS:
            self.parts.append(_BREAK)

    def handle_data(self, data: str) -> None:
        if self._silent_in is None:
            self.parts.append(data.replace(_BREAK, " "))

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - as inherited
        """Skip a section as browsers do where there is no such section: "<![0]>"."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:  # how Python's parser refuses it
            return self.parse_bogus_comment(i)
