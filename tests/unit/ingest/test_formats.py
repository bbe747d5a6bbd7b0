"""Files and streams of every format: articles, and for what is none, the place and the reason."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from schemas import IdentifiedArticle, Reason
from services.ingest import formats
from services.ingest.files import read_paths, read_standard_input
from services.ingest.items import Item, Rejected

LIMIT = 1_000
BEIJING = "Alexander Lukashenko met Xi Jinping in Beijing."


def read(*paths: Path | str, standard_input: bytes = b"", limit: int = LIMIT) -> list[Item]:
    return list(read_paths(paths, standard_input=io.BytesIO(standard_input), max_text_bytes=limit))


def article(item: Item) -> IdentifiedArticle:
    assert isinstance(item, IdentifiedArticle), item
    return item


def rejection(item: Item) -> Rejected:
    assert isinstance(item, Rejected), item
    return item


def write(path: Path, content: str | bytes) -> Path:
    raw = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def test_a_text_file_keeps_its_text_to_the_last_character(tmp_path: Path) -> None:
    body = "  First line\r\n\tZweite Zeile: Größe\n\n"
    [item] = read(write(tmp_path / "a.txt", body))
    assert article(item).text == body
    assert article(item).title is None


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    [item] = read(write(tmp_path / "a.txt", b"\xef\xbb\xbf" + BEIJING.encode()))
    assert article(item).text == BEIJING


def test_text_that_looks_like_json_is_still_text(tmp_path: Path) -> None:
    [item] = read(write(tmp_path / "a.txt", '{"text": "x"}'))
    assert article(item).text == '{"text": "x"}'


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson", "a.JSON", "a.json.gz", "a.jsonl.gz"])
def test_one_object_is_one_article(tmp_path: Path, name: str) -> None:
    [item] = read(write(tmp_path / name, json.dumps({"text": BEIJING, "title": "In Beijing"})))
    assert (article(item).text, article(item).title) == (BEIJING, "In Beijing")


def test_an_array_is_read_item_by_item_and_names_the_bad_one(tmp_path: Path) -> None:
    values: list[Any] = [{"text": "one"}, {"text": ""}, 7, {"text": "four", "url": 4}, "five"]
    items = read(write(tmp_path / "a.json", json.dumps(values)))
    assert [isinstance(item, Rejected) for item in items] == [False, True, True, True, False]
    assert rejection(items[1]).message.startswith("item 2: text is empty")
    assert rejection(items[1]).reason is Reason.EMPTY_TEXT
    assert rejection(items[3]).message.startswith("item 4: url:")


def test_bad_lines_are_named_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    lines = [
        b'{"text": "one"}',
        b"",
        b"{broken",
        b'{"text": "\xff"}',
        b'{"text": "\\ud800"}',
        b'{"text": "x", "published_at": "yesterday"}',
        b'{"text": "' + b"x" * (LIMIT + 1) + b'"}',
        b'{"text": null}',
        b'{"text": "last"}',
    ]
    items = read(write(tmp_path / "a.jsonl", b"\n".join(lines)))
    assert [type(item) for item in items] == [IdentifiedArticle, *[Rejected] * 6, IdentifiedArticle]
    told = [(item.reason, item.message) for item in items if isinstance(item, Rejected)]
    assert [reason for reason, _ in told] == [
        Reason.NOT_JSON,
        Reason.NOT_UTF8,
        Reason.INVALID_FIELD,
        Reason.INVALID_FIELD,
        Reason.TEXT_TOO_LARGE,
        Reason.INVALID_FIELD,
    ]
    assert [message.partition(":")[0] for _, message in told] == [f"line {number}" for number in range(3, 9)]
    assert f"byte {b'@'.join(lines).index(0xFF)} is 0xff" in told[1][1]
    assert "text" in told[2][1]
    assert "published_at" in told[3][1]
    assert f"limit is {LIMIT:,}" in told[4][1]


def test_an_endless_line_is_passed_over_without_being_held(tmp_path: Path) -> None:
    longest = 6 * LIMIT + 1_000_000
    content = b'{"text": "' + b"x" * (3 * longest) + b'"}\n{"text": "after"}\n'
    items = read(write(tmp_path / "a.jsonl", content))
    assert rejection(items[0]).reason is Reason.TEXT_TOO_LARGE
    assert rejection(items[0]).message.startswith("line 1: ")
    assert [article(item).text for item in items[1:]] == ["after"]


class Endless(io.RawIOBase):
    """Would fill any memory, and counts what was taken of it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        line = b'{"text": "again"}\n'
        count = len(buffer) // len(line)
        buffer[: count * len(line)] = line * count
        self.taken += count * len(line)
        return count * len(line)


def test_lines_are_streamed() -> None:
    stream = Endless()
    items = read_standard_input(io.BufferedReader(stream), max_text_bytes=LIMIT)
    assert [article(next(items)).text for _ in range(100)] == ["again"] * 100
    assert stream.taken <= 2 * io.DEFAULT_BUFFER_SIZE


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        (b'{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        (b'[{"text": "a"}, {"text": "b"}]', ["a", "b"]),
        (b'{\n  "text": "a"\n}\n', ["a"]),
        (b'[\n  {"text": "a"}\n]\n', ["a"]),
        (b"[Minsk] Two words.\n", ["[Minsk] Two words.\n"]),
        (b"Two lines\nof text", ["Two lines\nof text"]),
    ],
)
def test_standard_input_is_what_it_looks_like(given: bytes, texts: list[str]) -> None:
    assert [article(item).text for item in read("-", standard_input=given)] == texts


def test_empty_standard_input_is_said() -> None:
    [item] = read("-")
    assert (rejection(item).origin, rejection(item).reason) == ("-", Reason.EMPTY_TEXT)


def test_a_directory_is_read_in_order_with_all_below_it(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "second")
    write(tmp_path / "a" / "x.jsonl", '{"text": "first"}')
    write(tmp_path / "c.txt.gz", "third")
    write(tmp_path / "d.pdf", "not read")
    write(tmp_path / ".hidden" / "e.txt", "not read")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [article(item).text for item in read(tmp_path)] == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF", ".jsonl"),
        ("a.txt.gz", b"\x1f\x8b\x08\x00damaged", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_rejection(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    [item] = read(path)
    assert rejection(item).reason is Reason.PROCESSING_FAILED
    assert told in rejection(item).message


def test_a_missing_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    missing, present = read(tmp_path / "missing.txt", write(tmp_path / "a.txt", "here"))
    assert rejection(missing).message == "cannot be read: No such file or directory"
    assert article(present).text == "here"


def test_a_truncated_archive_gives_what_was_before_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(
        b"".join(json.dumps({"text": f"{n} {n * 7919 % 1013}"}).encode() + b"\n" for n in range(20_000))
    )
    path.write_bytes(whole[: len(whole) // 2])
    *before, last = read(path)
    assert before
    assert all(isinstance(item, IdentifiedArticle) for item in before)
    assert rejection(last).reason is Reason.PROCESSING_FAILED


def test_a_file_larger_than_its_limit_is_not_read_whole(tmp_path: Path) -> None:
    [item] = read(write(tmp_path / "bomb.txt.gz", b"x" * 5_000_000))
    assert rejection(item).reason is Reason.TEXT_TOO_LARGE
    assert f"{LIMIT:,}" in rejection(item).message


PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>Lukashenko in Beijing</title>
<meta property="og:site_name" content="Example Wire"><link rel="canonical" href="https://news.example/beijing">
<meta property="article:published_time" content="2023-02-28T09:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Lukashenko in Beijing</h1>
<p>Alexander Lukashenko met Xi Jinping in Beijing on Tuesday, and both spoke at length of their old friendship.</p>
<p>The visit came days after a further round of measures had been announced in Brussels against his government.</p>
</article><footer>Cookies and imprint</footer></body></html>"""


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.html.gz"])
def test_a_web_page_is_its_story_and_what_it_says_of_itself(tmp_path: Path, name: str) -> None:
    [item] = read(write(tmp_path / name, PAGE))
    page = article(item)
    assert "old friendship" in page.text
    assert "Cookies" not in page.text
    assert (page.title, page.url, page.lang) == ("Lukashenko in Beijing", "https://news.example/beijing", "en-GB")
    assert page.source == "Example Wire"
    assert page.published_at is not None
    assert page.published_at.date().isoformat() == "2023-02-28"


@pytest.mark.parametrize("content", ["", "   ", "<html><body></body></html>"])
def test_a_page_without_a_story_is_rejected(tmp_path: Path, content: str) -> None:
    [item] = read(write(tmp_path / "a.html", content))
    assert rejection(item).reason is Reason.EMPTY_TEXT


@pytest.mark.parametrize(
    "item",
    [
        {"headline": "In Beijing", "body_text": BEIJING, "versioncreated": "2023-02-28T09:00:00Z"},
        {
            "headlines": [{"value": "In Beijing"}],
            "bodies": [{"contentType": "text/html", "value": f"<p>{BEIJING}</p>"}],
        },
        {"headline": "In Beijing", "description_xhtml": f"<p>{BEIJING}</p>"},
    ],
)
def test_ninjs_is_understood(tmp_path: Path, item: dict[str, Any]) -> None:
    [found] = read(write(tmp_path / "a.json", json.dumps({"uri": "urn:example:1", "language": "en", **item})))
    told = article(found)
    assert (told.id, told.title, told.text, told.lang) == ("urn:example:1", "In Beijing", BEIJING, "en")


def test_every_format_can_be_found_and_none_claims_anothers_names() -> None:
    suffixes, media_types = formats.all_suffixes(), formats.all_media_types()
    assert {".txt", ".json", ".jsonl", ".html", ".htm"} <= set(suffixes)
    assert len(set(suffixes)) == len(suffixes)
    assert len(set(media_types)) == len(media_types)
    assert all(formats.for_suffix(suffix.upper()) is formats.for_suffix(suffix) is not None for suffix in suffixes)
