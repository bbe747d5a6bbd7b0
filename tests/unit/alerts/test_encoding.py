"""States are written as they would be if everything in them were written anew."""

from datetime import timedelta

from schemas import AlertState
from services.alerts.encoding import StateEncoder
from services.alerts.lifecycle import take
from services.core.codec import encode
from tests.unit.alerts.timeline import ACTORS, BOUNDS, Line, article, at, rule


def test_a_state_is_written_whole_however_often_its_parts_were() -> None:
    ref, state, encoder = rule(min_stories=2, resolve_after=timedelta(hours=3)), AlertState(), StateEncoder()
    assert encoder.encode(state) == encode(state)
    for number in range(40):
        found = article(f'"articles":[] {number}', number * 1.5, source='{"leads":[],"stories":[]}')
        state = take(state, ref, ACTORS, found, arrived_at=at(60), bounds=BOUNDS).state
        assert encoder.encode(state) == encode(state)
        assert AlertState.model_validate_json(encoder.encode(state)) == state
    assert len(state.episodes[0].untold) > 1


def test_parts_that_look_alike_are_told_apart() -> None:
    encoder, line = StateEncoder(), Line()
    for number in range(3):
        line.arrive(article(f"a{number}", 0), 0)
        assert encoder.encode(line.state) == encode(line.state)


def test_nothing_is_kept_that_nobody_else_keeps() -> None:
    encoder, line = StateEncoder(), Line()
    for number in range(3):
        line.arrive(article(f"a{number}", 0), 0)
        encoder.encode(line.state)
    assert len(encoder) > 0
    line.state = AlertState()
    line.events.clear()
    assert len(encoder) == 0
