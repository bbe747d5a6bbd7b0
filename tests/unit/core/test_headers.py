"""Headers: CloudEvents and the trace."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.core.headers import continue_trace, event_headers, format_time, read_header

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def test_an_events_headers_are_those_of_cloudevents() -> None:
    headers = dict(
        event_headers(
            kind="alert",
            source="alerts",
            event_id="al-1",
            subject="a-1",
            time=datetime(2023, 2, 28, 9, tzinfo=UTC),
        )
    )
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"sightline.alert.v1"
    assert headers["ce_id"] == b"al-1"
    assert headers["ce_time"] == b"2023-02-28T09:00:00.000Z"


def test_work_goes_on_in_the_parents_trace_in_a_span_of_its_own() -> None:
    child = continue_trace(PARENT)
    assert child[:36] == PARENT[:36]
    assert child != PARENT
    assert child.endswith("-00")


def test_what_later_versions_add_is_left_out() -> None:
    child = continue_trace(PARENT.replace("00-", "cc-", 1)[:-2] + "ff-what-the-future-brings")
    assert child[:36] == PARENT[:36]
    assert child.endswith("-03")


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "nonsense",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        PARENT.replace("b7ad6b7169203331", "0" * 16),
        PARENT.replace("00-", "ff-", 1),
        PARENT + "-more",
        PARENT.upper(),
    ],
)
def test_without_a_valid_parent_a_new_trace_begins(parent: str | None) -> None:
    first, second = continue_trace(parent), continue_trace(parent)
    assert first[3:35] != second[3:35]
    assert continue_trace(first)[3:35] == first[3:35]


def test_times_are_written_in_utc() -> None:
    moment = datetime(2023, 2, 28, 9, tzinfo=timezone(timedelta(hours=3)))
    assert format_time(moment) == "2023-02-28T06:00:00.000Z"


def test_the_last_readable_header_counts() -> None:
    assert read_header([("a", b"1"), ("a", b"2"), ("a", b"\xff"), ("a", None)], "a") == "2"
    assert read_header(None, "a") is None
