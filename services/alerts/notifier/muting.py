"""Decide whether a rule's mute times keep an alert from notifying now, by the wall clock of their own zone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schemas import MuteTime, Weekday

_DAYS = tuple(Weekday)


def mute_in_force(mutes: Iterable[MuteTime], at: datetime) -> MuteTime | None:
    """Return the first mute time that holds at a moment, or None.

    Args:
        mutes: Of the alert's rule.
        at: With a zone.
    """
    return next((mute for mute in mutes if is_muted(mute, at)), None)


def is_muted(mute: MuteTime, at: datetime) -> bool:
    """Whether a moment lies in a mute time.

    What counts is what a clock in its zone shows. Where clocks are put back, the hour that comes twice is muted both
    times; where they are put forward, what would have begun in the hour that is left out begins right after it.
    """
    local = at.astimezone(ZoneInfo(mute.timezone))
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    clock = local.time().replace(tzinfo=None, fold=0)
    if mute.start < mute.end:
        return _DAYS[today.weekday()] in mute.days and mute.start <= clock < mute.end
    # Over midnight, or for a whole day: it ends on the day after the one it is named for.
    return (_DAYS[today.weekday()] in mute.days and clock >= mute.start) or (
        _DAYS[yesterday.weekday()] in mute.days and clock < mute.end
    )


def describe(mute: MuteTime) -> str:
    """Return a mute time as people would say it."""
    days = "every day" if set(mute.days) == set(_DAYS) else ",".join(day.value for day in mute.days)
    return f"{days} {mute.start:%H:%M}-{mute.end:%H:%M} {mute.timezone}"
