"""RSS, Atom and JSON Feed become entries of plain text, whatever state they are in."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codec import read_article
from services.core.errors import Unreadable
from services.ingest.feeds.parse import Feed, NoFeed, parse_feed, to_article
from services.ingest.markup import to_plain_text

URL = "https://news.example/feeds/world.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Example &amp; Wire</title><language>en</language>
<item><title>Lukashenko in &lt;i&gt;Beijing&lt;/i&gt;</title><link>/beijing</link><guid>g1</guid>
<pubDate>Tue, 28 Feb 2023 09:00:00 GMT</pubDate>
<description>&lt;p&gt;He met &lt;b&gt;Xi&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;
&lt;p&gt;They spoke.&lt;/p&gt;</description></item>
<item><title>Full</title><link>https://news.example/full</link><description>Short.</description>
<content:encoded><![CDATA[<p>The whole story.</p><p>Its end &amp; more.</p>]]></content:encoded></item>
<item><title>Only a headline</title></item></channel></rss>"""
ITEM = '<rss version="2.0"><channel><item><title>A</title></item></channel></rss>'
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Draht</title><entry><id>tag:1</id>
<title>Titel</title><link href="https://news.example/a"/><updated>2023-02-28T10:00:00+01:00</updated>
<content type="html">&lt;p&gt;Ein Absatz.&lt;/p&gt;</content></entry></feed>"""
JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Wire",
    "language": "en",
    "items": [
        {
            "id": 1,
            "url": "/a",
            "title": "A",
            "content_html": "<p>One.</p><p>Two.</p>",
            "date_published": "2023-02-28T09:00:00Z",
        },
        {
            "id": "2",
            "external_url": "https://other.example/b",
            "content_text": "Plain & simple <b>",
            "date_published": "soon",
        },
        {"id": "3", "summary": "A summary.", "language": 7, "url": 3},
        "no entry",
    ],
}


def parse(raw: str | bytes, content_type: str = "") -> Feed:
    return parse_feed(raw.encode() if isinstance(raw, str) else raw, url=URL, content_type=content_type)


def test_rss() -> None:
    feed = parse(RSS)
    first, full, headline = feed.entries
    assert feed.title == "Example & Wire"
    assert (first.title, first.url, first.lang) == ("Lukashenko in Beijing", "https://news.example/beijing", "en")
    assert (first.text, first.published_at) == ("He met Xi.\nThey spoke.", "2023-02-28T09:00:00+00:00")
    assert (full.text, full.is_summary, first.is_summary) == ("The whole story.\nIts end & more.", False, True)
    assert headline.text == ""


def test_an_entry_of_only_a_headline_is_an_article_of_that_line() -> None:
    feed = parse(RSS)
    article = read_article(to_article(feed.entries[2], feed_title=feed.title, feed_url=URL), max_text_bytes=100)
    assert (article.text, article.title, article.source) == ("Only a headline", None, "Example & Wire")
    assert article.extra == {"feed": URL}


def test_atom() -> None:
    [entry] = parse(ATOM).entries
    assert (entry.text, entry.lang, entry.published_at) == ("Ein Absatz.", "de", "2023-02-28T09:00:00+00:00")


def test_json_feed() -> None:
    html, plain, summary = parse(json.dumps(JSON_FEED)).entries
    assert (html.text, html.url) == ("One.\nTwo.", "https://news.example/a")
    assert html.published_at == "2023-02-28T09:00:00+00:00"
    assert (plain.text, plain.url, plain.published_at) == ("Plain & simple <b>", "https://other.example/b", None)
    assert (summary.text, summary.is_summary, summary.lang, summary.url) == ("A summary.", True, None, None)


def test_a_changed_entry_has_another_key_and_an_unchanged_one_the_same() -> None:
    before, again, after = parse(RSS), parse(RSS), parse(RSS.replace("They spoke", "They quarrelled"))
    assert [entry.key for entry in before.entries] == [entry.key for entry in again.entries]
    assert [a.key == b.key for a, b in zip(before.entries, after.entries, strict=True)] == [False, True, True]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><body>Not found</body></html>",
        b"plain",
        b'{"items": []}',
        b"{broken",
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "\xff"}',
        b"/etc/hostname",
        b"https://news.example/feed",
    ],
)
def test_what_is_no_feed_is_said(raw: bytes) -> None:
    with pytest.raises(NoFeed):
        parse(raw)


def test_what_feedparser_fails_at_is_no_feed() -> None:
    broken = '<rdf:RDF xmlns:rdf="htt习p://www.w3.org/1999/02/22-rdf-syntax-ns#"><item><a:b:c/></item></rdf:RDF>'
    with pytest.raises(NoFeed, match="its markup cannot be read"):
        parse(broken)


def test_an_entry_whose_text_never_ends_does_not_cost_the_feed() -> None:
    first = '<rss version="2.0"><channel><item><title>A</title><description>One.</description></item>'
    entries = parse(f"{first}<item><title>B</title><description>Two.</item></channel></rss>").entries
    assert [(entry.title, entry.text) for entry in entries] == [("A", "One."), ("B", "")]


def test_an_entry_whose_link_is_no_address_does_not_cost_the_others() -> None:
    items = [{"id": "1", "content_text": "One.", "url": "http://["}, {"id": "2", "content_text": "Two."}]
    entries = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})).entries
    assert [(entry.text, entry.url) for entry in entries] == [("One.", None), ("Two.", None)]


def test_an_entry_that_is_not_unicode_does_not_cost_the_others() -> None:
    items = [{"id": "1", "content_text": "\ud800"}, {"id": "2", "content_text": "Good."}]
    bad, good = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})).entries
    assert good.text == "Good."
    with pytest.raises(Unreadable, match="not valid Unicode"):
        read_article(to_article(bad, feed_title=None, feed_url="https://x.example/"), max_text_bytes=1_000)


def test_a_feed_that_breaks_off_gives_what_came_before() -> None:
    broken = RSS[: RSS.index("<item><title>Full")] + "<item><title>Half"
    assert parse(broken).entries[0].text == "He met Xi.\nThey spoke."


def test_the_encoding_of_the_header_is_believed_where_the_feed_says_none() -> None:
    latin = '<rss version="2.0"><channel><item><title>Jos\u00e9</title></item></channel></rss>'.encode("latin-1")
    assert parse(latin, "application/xml; charset=iso-8859-1").entries[0].title == "José"


def test_a_feed_in_another_encoding_than_it_says_is_still_read() -> None:
    [entry] = parse(
        ATOM.replace("Titel", "Größe").replace("<feed", '<?xml version="1.0" encoding="us-ascii"?><feed', 1)
    ).entries
    assert entry.title is not None
    assert entry.title.startswith("Gr")


@pytest.mark.timeout(20)
def test_entities_that_multiply_stay_small() -> None:
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "ha">{layers}]>{ITEM.replace("A", "x&e11;")}'
    try:
        feed = parse(bomb)
    except NoFeed:
        return
    assert all(len(entry.title or "") < 1000 for entry in feed.entries)


def test_entities_read_no_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("confidential")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    raw = (
        f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel><item><title>a &x; b</title></item></channel></rss>'
    )
    assert "confidential" not in str(parse(raw))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a <b>bold</b>\n word", "a bold word"),
        ("&amp;lt; &eacute; &#187;", "&lt; é »"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<style>p{}</style>x<script>var a = '<p>';</script>y", "xy"),
        ("a < b and c > d", "a < b and c > d"),
        ("", ""),
        ("a<![0]>b", "ab"),
        ("<![0", "<![0"),
        ("<![CDATA[x]]>y", "y"),
    ],
)
def test_markup_becomes_what_a_reader_sees(html: str, text: str) -> None:
    assert to_plain_text(html) == text


@given(st.text() | st.text(alphabet="<>/&;apbr!-[]\"'= \n"))
def test_any_markup_becomes_text(html: str) -> None:
    text = to_plain_text(html)
    assert text == text.strip()
    assert "\x00" not in text


def test_feedparsers_own_cases_are_all_read(shared_data: Path) -> None:
    feeds = articles = 0
    with tarfile.open(shared_data / "feeds" / "feedparser_wellformed.tar.gz") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None or not member.name.endswith(".xml"):
                continue
            try:
                feed = parse(stream.read())
            except NoFeed:
                continue
            feeds += 1
            for entry in feed.entries:
                try:
                    read_article(to_article(entry, feed_title=feed.title, feed_url=URL), max_text_bytes=1_000_000)
                except Unreadable:
                    continue  # many cases are an entry with nothing in it
                articles += 1
    assert feeds >= 1_730
    assert articles >= 480
