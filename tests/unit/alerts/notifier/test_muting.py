from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import MuteTime, Weekday
from services.alerts.notifier.muting import describe, is_muted, mute_in_force

BRUSSELS = "Europe/Brussels"
NIGHTS = MuteTime(start=time(22), end=time(6), timezone=BRUSSELS)
WEEKEND = MuteTime(days=(Weekday.SATURDAY, Weekday.SUNDAY))
MONDAY = datetime(2023, 2, 27, tzinfo=UTC)

ZONES = st.sampled_from(["UTC", BRUSSELS, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"])
SECONDS = st.integers(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2035, 1, 1, tzinfo=UTC).timestamp())
)
MOMENTS = SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
DAYS = st.sets(st.sampled_from(list(Weekday)), min_size=1).map(lambda days: tuple(sorted(days)))


def at(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]  # a date


@pytest.mark.parametrize(
    ("moment", "muted"),
    [
        (at(BRUSSELS, 2023, 2, 28, 21, 59), False),
        (at(BRUSSELS, 2023, 2, 28, 22, 0), True),
        (at(BRUSSELS, 2023, 3, 1, 0, 0), True),
        (at(BRUSSELS, 2023, 3, 1, 5, 59), True),
        (at(BRUSSELS, 2023, 3, 1, 6, 0), False),
        # The night of 26 March 2023 has no hour from 2 to 3, that of 29 October has it twice.
        (at(BRUSSELS, 2023, 3, 26, 3, 30), True),
        (at(BRUSSELS, 2023, 3, 26, 6, 0), False),
        (at(BRUSSELS, 2023, 10, 29, 2, 30), True),
        (at(BRUSSELS, 2023, 10, 29, 2, 30, fold=1), True),
        (at(BRUSSELS, 2023, 10, 29, 6, 0), False),
    ],
)
def test_nights_end_by_the_clock_on_the_wall(moment: datetime, *, muted: bool) -> None:
    assert is_muted(NIGHTS, moment) is muted


def test_the_hour_that_comes_twice_is_muted_twice_and_the_one_left_out_begins_late() -> None:
    twice = MuteTime(start=time(2), end=time(3), timezone=BRUSSELS)
    assert [
        is_muted(twice, datetime(2023, 10, 28, 23, 30, tzinfo=UTC) + timedelta(minutes=30 * half)) for half in range(7)
    ] == [False, True, True, True, True, False, False]
    left_out = MuteTime(start=time(2, 15), end=time(4), timezone=BRUSSELS)
    assert not is_muted(left_out, at(BRUSSELS, 2023, 3, 26, 1, 59))
    assert is_muted(left_out, at(BRUSSELS, 2023, 3, 26, 3, 0))


def test_a_mute_over_midnight_belongs_to_the_day_that_it_begins_on() -> None:
    friday = MuteTime(days=(Weekday.FRIDAY,), start=time(22), end=time(6))
    assert is_muted(friday, MONDAY + timedelta(days=4, hours=23))
    assert is_muted(friday, MONDAY + timedelta(days=5, hours=5))
    assert not is_muted(friday, MONDAY + timedelta(days=4, hours=5))
    assert not is_muted(friday, MONDAY + timedelta(days=5, hours=23))


def test_whole_days() -> None:
    hours = [is_muted(WEEKEND, MONDAY + timedelta(hours=hour)) for hour in range(7 * 24)]
    assert hours == [False] * 5 * 24 + [True] * 2 * 24


@given(MOMENTS, TIMES, TIMES, DAYS, ZONES)
def test_what_is_muted_is_what_the_local_clock_says(
    moment: datetime, start: time, end: time, days: tuple[Weekday, ...], zone: str
) -> None:
    """Said in another way: as minutes since the beginning of some day that is named."""
    mute = MuteTime(days=days, start=start, end=end, timezone=zone)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    length = (datetime.combine(local, end) - datetime.combine(local, start)) % timedelta(days=1) or timedelta(days=1)
    expected = False
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        begins = datetime.combine(day, start)
        if list(Weekday)[day.weekday()] in days and begins <= local < begins + length:
            expected = True
    assert is_muted(mute, moment) is expected


@given(MOMENTS, TIMES, TIMES, ZONES)
def test_every_moment_is_in_a_mute_or_in_the_one_that_is_its_rest(
    moment: datetime, start: time, end: time, zone: str
) -> None:
    mute = MuteTime(start=start, end=end, timezone=zone)
    rest = MuteTime(start=end, end=start, timezone=zone)
    if start == end:
        assert is_muted(mute, moment)
    else:
        assert is_muted(mute, moment) is not is_muted(rest, moment)


def test_the_first_that_holds_is_named() -> None:
    saturday_night = datetime(2023, 3, 4, 23, 0, tzinfo=UTC)
    assert mute_in_force((WEEKEND, NIGHTS), saturday_night) is WEEKEND
    assert mute_in_force((), saturday_night) is None
    assert describe(WEEKEND) == "sat,sun 00:00-00:00 UTC"
    assert describe(NIGHTS) == "every day 22:00-06:00 Europe/Brussels"
