"""The reader of expressions finds what promtool would."""

import pytest

from tests.deploy.exports import everything
from tests.deploy.promql import grouping_labels, selectors


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("up == 0", {"up": set()}),
        ('sum by (job, le) (rate(a_bucket{le="2.0", x=~"b{c}"}[5m])) / 0.01', {"a_bucket": {"le", "x"}}),
        ("a and on (job, instance) last_over_time(b[1d])", {"a": set(), "b": set()}),
        ("a > 14.4 * 0.01 or b offset 5m unless bool_c", {"a": set(), "b": set(), "bool_c": set()}),
        ("min_over_time(sum by (x) (a)[15m:1m]) > 1e3", {"a": set()}),
        ("job:a:rate5m * on (i) group_left (v) b_info", {"job:a:rate5m": set(), "b_info": set()}),
        ('rate(a{instance=~"$instance"}[$__rate_interval])', {"a": {"instance"}}),
    ],
)
def test_it_finds_metrics_and_their_labels(expression: str, expected: dict[str, set[str]]) -> None:
    assert {name: set(labels) for name, labels in selectors(expression)} == expected


def test_it_finds_what_is_grouped_by() -> None:
    assert grouping_labels("sum by (job, le) (a) * on (x) group_left (y) b") == {"job", "le", "x", "y"}


def test_exported_names_are_those_of_samples() -> None:
    known = everything()
    assert known["sightline_consumer_lag"] == {"topic", "partition"}
    assert known["sightline_publish_to_alert_seconds_bucket"] == {"le"}
    assert known["sightline_watchlist_info"] == {"version"}
    assert known["sightline_dead_letters_total"] == {"topic", "reason"}
    assert "process_start_time_seconds" in known
    assert "sightline_dead_letters" not in known
    assert "sightline_dead_letters_created" not in known
