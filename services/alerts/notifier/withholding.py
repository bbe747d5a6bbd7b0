"""Decide whether a silence or a mute time keeps an event from being sent, and say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas import Alert, Outcome
from services.alerts.notifier.matchers import Labels
from services.alerts.notifier.muting import describe, mute_in_force
from services.alerts.notifier.silencing import ReadSilence, silence_in_force


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why nothing is sent: `silenced` or `muted`, in words, and by which silence."""

    outcome: Outcome
    detail: str
    silence_id: str | None = None


def withheld(alert: Alert, labels: Labels, silences: Iterable[ReadSilence], at: datetime) -> Withheld | None:
    """Return what keeps an event from being sent at a moment, or None. Silences come first: somebody meant them."""
    silence = silence_in_force(silences, labels, at)
    if silence is not None:
        detail = f"silenced by {silence.author} until {silence.ends_at:%Y-%m-%d %H:%M} UTC: {silence.comment}"
        return Withheld(Outcome.SILENCED, detail, silence.id)
    mute = mute_in_force(alert.rule.content.mute, at)
    if mute is not None:
        return Withheld(Outcome.MUTED, f"muted by rule {alert.rule.id}: {describe(mute)}")
    return None
