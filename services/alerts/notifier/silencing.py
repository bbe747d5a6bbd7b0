"""Decide whether a silence keeps an alert from notifying now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas import Silence
from services.alerts.notifier.matchers import Labels, Matcher, all_match, parse_matchers


@dataclass(frozen=True, slots=True)
class ReadSilence:
    """A silence and its matchers, read."""

    silence: Silence
    matchers: tuple[Matcher, ...]

    def in_force(self, at: datetime) -> bool:
        """Whether it has begun and has not ended."""
        return self.silence.starts_at <= at < self.silence.ends_at


def read_silence(silence: Silence) -> ReadSilence:
    """Read a silence's matchers.

    Raises:
        ValueError: Says what is wrong with one of them.
    """
    return ReadSilence(silence, parse_matchers(silence.matchers))


def silence_in_force(silences: Iterable[ReadSilence], labels: Labels, at: datetime) -> Silence | None:
    """Return the silence that keeps an alert with these labels quiet at a moment: of several the one that ends last."""
    matching = [each.silence for each in silences if each.in_force(at) and all_match(each.matchers, labels)]
    return max(matching, key=lambda silence: (silence.ends_at, silence.id), default=None)
