"""A bucket of requests for each client: full at first, and filled evenly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.quota import Quota


def test_a_minute_of_requests_at_once_and_then_evenly() -> None:
    quota = Quota(60)
    assert [quota.take("a", now=0.0) for _ in range(60)] == [0.0] * 60
    assert quota.take("a", now=0.0) == pytest.approx(1.0)
    assert quota.take("a", now=0.5) == pytest.approx(0.5)
    assert quota.take("a", now=1.0) == 0.0
    assert quota.take("a", now=1.0) == pytest.approx(1.0)
    assert quota.take("b", now=1.0) == 0.0
    assert [quota.take("a", now=100.0) for _ in range(61)].count(0.0) == 60


def test_none_means_any_number() -> None:
    quota = Quota(0)
    assert all(quota.take("a", now=0.0) == 0.0 for _ in range(10_000))


@given(st.integers(1, 200), st.lists(st.floats(0, 30), max_size=300))
def test_in_no_minute_more_than_two_buckets(per_minute: int, pauses: list[float]) -> None:
    quota, now, served = Quota(per_minute), 0.0, []
    for pause in pauses:
        now += pause
        if quota.take("a", now=now) == 0.0:
            served.append(now)
    for first in served:
        assert sum(first <= at < first + 60 for at in served) <= 2 * per_minute


def test_who_waits_as_told_is_served() -> None:
    quota, now = Quota(7), 0.0
    for _ in range(50):
        now += quota.take("a", now=now)
        assert quota.take("a", now=now) == 0.0 or quota.take("a", now=now) > 0
    wait_s = quota.take("a", now=now)
    assert quota.take("a", now=now + wait_s) == 0.0


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.quota._CLIENTS", 3)
    quota = Quota(1)
    for client in "abcd":
        assert quota.take(client, now=0.0) == 0.0
    assert quota.take("d", now=0.0) > 0
    assert quota.take("a", now=0.0) == 0.0
