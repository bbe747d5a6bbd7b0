from datetime import timedelta

import pytest

from schemas import MuteTime, Outcome, Silence
from services.alerts.notifier.labels import labels_of
from services.alerts.notifier.silencing import read_silence, silence_in_force
from services.alerts.notifier.withholding import Withheld, withheld
from tests.unit.alerts.notifier.examples import OPENED_AT, alert, silence

LABELS = labels_of(alert())


@pytest.mark.parametrize(
    ("after", "in_force"),
    [(-1, False), (0, True), (7199, True), (7200, False)],  # half-open: it has ended at its end
)
def test_a_silence_holds_from_its_start_to_its_end(after: int, *, in_force: bool) -> None:
    found = silence_in_force(
        [read_silence(silence("rule=same-sentence"))], LABELS, OPENED_AT + timedelta(seconds=after)
    )
    assert (found is not None) is in_force


def test_all_matchers_must_match() -> None:
    both = read_silence(silence("actor=ann", "severity=~info|warning"))
    one = read_silence(silence("actor=ann", "severity=critical"))
    assert silence_in_force([both], LABELS, OPENED_AT) == both.silence
    assert silence_in_force([one], LABELS, OPENED_AT) is None


def test_of_several_the_one_that_ends_last_is_named() -> None:
    short = silence("rule=~.+", identity="s-1")
    long = silence("rule=~.+", identity="s-2", lasts=timedelta(days=1))
    assert silence_in_force(map(read_silence, (short, long)), LABELS, OPENED_AT) == long


def test_a_silence_with_a_broken_matcher_is_refused() -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        read_silence(silence("rule=~["))
    with pytest.raises(ValueError, match="ends_at lies before"):
        Silence.model_validate({**silence("a=b").model_dump(), "ends_at": "2020-01-01T00:00:00Z"})


def test_a_silence_comes_before_a_mute_and_both_say_why() -> None:
    muted = alert(mute=(MuteTime(),))
    silences = [read_silence(silence("rule=~.+"))]
    assert withheld(muted, LABELS, silences, OPENED_AT) == Withheld(
        Outcome.SILENCED, "silenced by Desk until 2023-02-28 11:00 UTC: a summit", "s-1"
    )
    assert withheld(muted, LABELS, [], OPENED_AT) == Withheld(
        Outcome.MUTED, "muted by rule same-sentence: every day 00:00-00:00 UTC"
    )
    assert withheld(alert(), LABELS, [], OPENED_AT) is None
