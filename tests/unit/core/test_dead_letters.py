"""A dead letter keeps the bytes and says what went wrong; people can read it, and it can be sent again as it was."""

from datetime import UTC, datetime

import pytest

from schemas import Reason
from services.core.dead_letters import (
    PREFIX,
    Received,
    dead_letter_headers,
    original_headers,
    read_dead_letter,
    traceback_digest,
)
from services.core.errors import Unreadable

NOW = datetime(2023, 2, 28, 9, tzinfo=UTC)
RECEIVED = Received("articles", 3, 42, b"key", b"{broken", (("trace", b"\xff\x00"),))


def as_dead_letter(received: Received, error: Exception) -> Received:
    headers = dead_letter_headers(received, error, failed_at=NOW)
    return Received("articles.dead-letter", 0, 0, received.key, received.value, tuple(headers))


def test_tells_where_it_stood_and_why() -> None:
    letter = read_dead_letter(as_dead_letter(RECEIVED, Unreadable(Reason.NOT_JSON, "the value is not JSON")))
    assert (letter.topic, letter.partition, letter.offset) == ("articles", 3, 42)
    assert (letter.reason, letter.message) == (Reason.NOT_JSON, "the value is not JSON")
    assert (letter.key, letter.value, letter.failed_at) == ("key", "{broken", NOW)
    assert letter.traceback_digest is None


def test_bytes_that_are_no_text_are_shown_in_base64() -> None:
    received = Received("articles", 0, 0, b"\xff", b"\xfe\x00", ())
    letter = read_dead_letter(as_dead_letter(received, Unreadable(Reason.NOT_UTF8, "no")))
    assert (letter.key, letter.value) == (None, None)
    assert (letter.key_base64, letter.value_base64) == (b"\xff", b"\xfe\x00")
    assert '"value_base64":"/gA=' in letter.model_dump_json()


def test_the_received_headers_come_back_and_a_second_failure_does_not_pile_up() -> None:
    once = as_dead_letter(RECEIVED, ValueError("first"))
    again = dead_letter_headers(once, ValueError("second"), failed_at=NOW)
    assert original_headers(again) == [("trace", b"\xff\x00")]
    assert [v for k, v in again if k == PREFIX + "exception.message"] == [b"second"]


def test_failures_at_one_place_share_a_digest_and_others_do_not() -> None:
    def fail(value: str) -> Exception:
        try:
            return ValueError(str(int(value)))
        except ValueError as error:
            return error

    def fail_elsewhere() -> Exception:
        try:
            return ValueError(str({"b": 1}["a"]))
        except KeyError as error:
            return error

    assert traceback_digest(fail("a")) == traceback_digest(fail("b"))
    assert traceback_digest(fail("a")) != traceback_digest(fail_elsewhere())
    assert read_dead_letter(as_dead_letter(RECEIVED, fail("a"))).traceback_digest == traceback_digest(fail("a"))


def test_a_message_with_a_lone_surrogate_can_still_be_written() -> None:
    letter = read_dead_letter(as_dead_letter(RECEIVED, ValueError("odd \ud800")))
    assert letter.message == "odd \\ud800"


def test_a_record_without_our_headers_is_no_dead_letter() -> None:
    with pytest.raises(ValueError, match=r"^no dead letter: .* 0:7 lacks"):
        read_dead_letter(Received("articles.dead-letter", 0, 7, None, b"", ()))
