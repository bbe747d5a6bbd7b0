"""What arrives is read as an article, or refused with a sentence that says why."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Reason
from services.core.codec import decode_article, encode
from services.core.errors import Unreadable

LIMIT = 1000


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b'{"text": "Sanctions."}', "Sanctions."),
        (b'\xef\xbb\xbf{"text": "with a byte order mark"}', "with a byte order mark"),
        (b"Plain text.\nTwo lines.", "Plain text.\nTwo lines."),
        (b'"A JSON string"', "A JSON string"),
        (b'"Quoted," he said.', '"Quoted," he said.'),
        (b"[Update] A text that begins with a bracket", "[Update] A text that begins with a bracket"),
        ("Лукашенко в Пекине".encode(), "Лукашенко в Пекине"),
        (b'{"text": "a", "nobody_knows": {"this": 1}}', "a"),
    ],
)
def test_reads_what_a_person_would_send(raw: bytes, text: str) -> None:
    assert decode_article(raw, max_text_bytes=LIMIT).text == text


@pytest.mark.parametrize(
    ("raw", "reason", "named"),
    [
        (None, Reason.NULL_VALUE, "null"),
        (b"\xff\xfe\x00", Reason.NOT_UTF8, "byte 0 is 0xff"),
        (b'{"text": "a"', Reason.NOT_JSON, "not JSON"),
        (b'{"text": "a"} {"text": "b"}', Reason.NOT_JSON, "not JSON"),
        (b'{"text": "a", "extra": {"n": NaN}}', Reason.NOT_JSON, "not JSON"),
        (b'{"text": "a", "extra": ' + b"[" * 5000 + b"]" * 5000 + b"}", Reason.NOT_JSON, "not JSON"),
        (b"", Reason.EMPTY_TEXT, "text is empty"),
        (b" \n\t", Reason.EMPTY_TEXT, "text is empty"),
        (b'{"text": ""}', Reason.EMPTY_TEXT, "text is empty"),
        (b'{"text": "\\u00a0"}', Reason.EMPTY_TEXT, "text is empty"),
        (b"{}", Reason.INVALID_FIELD, "text is missing"),
        (b'{"text": 5}', Reason.INVALID_FIELD, "text: "),
        (b'{"text": null}', Reason.INVALID_FIELD, "text: "),
        (b'{"text": "a", "title": ["b"]}', Reason.INVALID_FIELD, "title: "),
        (b'{"text": "a", "url": "' + b"u" * 5000 + b'"}', Reason.INVALID_FIELD, "url: String should have at most 4096"),
        (b'{"text": "a", "published_at": "yesterday"}', Reason.INVALID_FIELD, "published_at: not an ISO 8601 time"),
        (b'{"text": "a", "published_at": 1677574800}', Reason.INVALID_FIELD, "published_at: not an ISO 8601 time"),
        (b'{"text": "a", "published_at": "2023-02-30"}', Reason.INVALID_FIELD, "published_at: "),
        (b'{"text": "a \\ud800"}', Reason.INVALID_FIELD, "text: not valid Unicode: it holds a lone surrogate"),
        (b'{"text": "a", "title": "b \\ud800"}', Reason.INVALID_FIELD, "title: a lone surrogate at index 2"),
        (b'{"text": "a", "extra": {"b": ["\\udfff"]}}', Reason.INVALID_FIELD, "extra: a lone surrogate"),
        (b'[{"text": "a"}]', Reason.INVALID_FIELD, "one article per message"),
        ("ü".encode() * 501, Reason.TEXT_TOO_LARGE, "text has 1,002 bytes of UTF-8; the limit is 1,000"),
    ],
)
def test_refuses_with_a_sentence_that_names_the_field(raw: bytes | None, reason: Reason, named: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode_article(raw, max_text_bytes=LIMIT)
    assert refusal.value.reason is reason
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_text_at_the_limit_is_taken() -> None:
    assert len(decode_article(b"x" * LIMIT, max_text_bytes=LIMIT).text) == LIMIT


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        article = decode_article(raw, max_text_bytes=LIMIT)
    except Unreadable:
        return
    assert decode_article(encode(article), max_text_bytes=LIMIT) == article


@given(
    st.dictionaries(
        st.sampled_from(["text", "id", "title", "url", "published_at", "extra", "other"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()), st.just("2023-02-28")
        ),
    )
)
def test_any_object_is_read_or_refused(value: dict[str, object]) -> None:
    raw = json.dumps(value).encode("utf-8", "surrogatepass")
    try:
        article = decode_article(raw, max_text_bytes=LIMIT)
    except Unreadable:
        return
    assert decode_article(encode(article), max_text_bytes=LIMIT) == article
