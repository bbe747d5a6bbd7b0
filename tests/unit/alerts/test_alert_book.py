"""What the alerts service makes of its messages, what it remembers, and what it takes back."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from schemas import Alert, CoOccurrence, Reason, Retraction, Rule, Scope, Topic
from services.alerts.alert_book import AlertBook, Limits
from services.alerts.episodes import Bounds
from services.alerts.explaining import explain_event
from services.alerts.memory import DUE, Stored
from services.alerts.work import Work
from services.core.codec import encode
from services.core.dead_letters import Received
from services.core.headers import ARTICLE_TIME, format_time
from services.core.outputs import Output
from tests.unit.alerts.examples import cooccurrence, mention
from tests.unit.alerts.timeline import article, at

LIMITS = Limits(Bounds(), max_message_bytes=1_000_000)
ANY = Rule(id="any", name="Any")
EVADED = Rule(id="evaded", name="Evaded", sanctions={"statuses": ["evaded"]})


class Desk:
    """A book with rules that can be changed."""

    def __init__(self, rules: Sequence[Rule] = (ANY,), limits: Limits = LIMITS) -> None:
        self.rules = tuple(rules)
        self.unreadable: list[str] = []
        self.book = AlertBook(lambda: self.rules, limits, lambda key, _: self.unreadable.append(key))
        self.book.restore(0, {})
        self.written: dict[str, Output] = {}

    def work(self, message: CoOccurrence | Retraction, hours: float) -> Work:
        headers = ((ARTICLE_TIME, format_time(at(hours)).encode()),)
        return self.book.work_on(Received("t", 0, 0, b"k", encode(message), headers), datetime.now(UTC))

    def keep(self) -> list[Output]:
        states = self.book.states()
        self.book.keep(states)
        self.written |= {(output.key or b"").decode(): output for output in states}
        return states

    def do(self, message: CoOccurrence | Retraction, hours: float) -> list[Alert]:
        alerts = list(self.work(message, hours).alerts)
        self.keep()
        return alerts

    def tick(self, hours: float) -> list[Alert]:
        alerts = [alert for work in self.book.tick(0, at(hours)) for alert in work.alerts]
        self.keep()
        return alerts


def test_a_message_becomes_events_and_state_in_its_own_partition() -> None:
    desk = Desk()
    work = desk.work(article("a", 0), 0)
    assert [(o.topic, o.key, o.partition) for o in work.outputs] == [(Topic.ALERTS, b"any|ann|bob", None)]
    (state,) = desk.keep()
    assert (state.topic, state.key, state.partition) == (Topic.ALERTS_STATE, b"any|ann|bob", 0)


def test_many_changes_of_one_alert_are_one_record_of_state() -> None:
    desk = Desk()
    for number in range(5):
        desk.work(article(f"a{number}", 0), 0)
    assert len(desk.keep()) == 1


def test_what_was_taken_back_never_happened() -> None:
    desk = Desk()
    desk.work(article("a", 0), 0)
    desk.book.take_back()
    assert desk.book.states() == []
    assert [alert.kind for alert in desk.do(article("a", 0), 0)] == ["opened"]


def test_state_that_was_written_is_taken_up_where_it_was_left() -> None:
    desk, other = Desk(), Desk()
    desk.do(article("a", 0), 0)
    desk.do(article("b", 0), 0)
    stored = {key: Stored(output.value or b"", tuple(output.headers)) for key, output in desk.written.items()}
    other.book.restore(0, stored)
    assert other.do(article("a", 0), 0) == []
    assert other.tick(0.5) == desk.tick(0.5)
    assert [alert.kind for alert in other.tick(48)] == ["resolved"]
    other.tick(24 * 30)
    assert other.written["any|ann|bob"].value is None, "what is over is forgotten"
    assert other.book.size().states == 0


def test_a_retraction_and_a_correction_that_no_longer_meets_the_rule_resolve_the_alert() -> None:
    desk = Desk([ANY, EVADED])
    evading = article("a", 0, sanctions=[mention("a", status="evaded")])
    assert sorted(alert.rule.id for alert in desk.do(evading, 0)) == ["any", "evaded"]
    told = desk.do(article("a", 0, story="other"), 1)
    assert {alert.rule.id: alert.resolution for alert in told} == {"any": None, "evaded": "corrected"}
    gone = Retraction(article_id="a", actor_ids=("ann", "bob"), arrived_at=at(2))
    assert [(alert.rule.id, alert.resolution) for alert in desk.do(gone, 2)] == [("any", "corrected")]


def test_a_rule_that_goes_or_changes_is_followed() -> None:
    desk = Desk([ANY])
    desk.do(article("a", 0), 0)
    desk.rules = (ANY.model_copy(update={"resolve_after": timedelta(hours=1)}),)
    desk.book.refresh()
    assert [alert.kind for alert in desk.tick(2)] == ["resolved"]
    desk.do(article("b", 100), 100)
    desk.rules = (EVADED,)
    desk.book.refresh()
    assert [(alert.rule.id, alert.resolution) for alert in desk.tick(100)] == [("any", "rule_removed")]
    assert desk.book.size().states == 0


def test_state_that_nobody_can_read_is_set_aside() -> None:
    desk = Desk()
    desk.book.restore(0, {"any|ann|bob": Stored(b"{poison", ((DUE, b"2999-01-01T00:00:00+00:00"),))})
    assert [alert.kind for alert in desk.do(article("a", 0), 0)] == ["opened"]
    assert desk.unreadable == ["any|ann|bob"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"{}", Reason.INVALID_FIELD),
        (b"{broken", Reason.NOT_JSON),
        (None, Reason.NULL_VALUE),
        (b"\xff", Reason.NOT_UTF8),
    ],
)
def test_what_cannot_be_read_is_set_aside(value: bytes | None, reason: Reason) -> None:
    desk = Desk()
    work = desk.book.work_on(Received("t", 0, 0, None, value), datetime.now(UTC))
    assert work.failed is reason
    assert work.outputs[0].topic is Topic.ACTORS_COOCCURRENCES_DEAD_LETTER
    assert work.outputs[0].key == (b"" if value is None else None), "neither key nor value: that is not sent"
    assert desk.book.states() == []


def test_what_cannot_be_written_is_set_aside_and_nothing_of_it_is_remembered() -> None:
    desk = Desk(limits=Limits(Bounds(), max_message_bytes=1000))
    assert desk.work(article("a", 0), 0).failed is Reason.OUTPUT_TOO_LARGE
    assert desk.book.states() == []


def test_an_event_explains_itself_and_one_that_was_tampered_with_does_not() -> None:
    desk = Desk([Rule(id="two", name="Two", min_stories=2, scope=Scope.PARAGRAPH), EVADED])
    desk.do(article("a", 0), 0)
    (event,) = desk.do(article("b", 1), 1)
    explanation = explain_event(event)
    assert explanation.agrees, explanation.as_text()
    assert "Ann as “Ann” (name 1.00)" in explanation.as_text()
    fewer = event.model_copy(update={"cooccurrences": event.cooccurrences[:1]})
    assert not explain_event(fewer).agrees
    wider = cooccurrence("c", scope=Scope.ARTICLE)
    assert not explain_event(event.model_copy(update={"cooccurrences": (wider, wider)})).agrees
    rule = event.rule.model_copy(update={"version": "other"})
    assert not explain_event(event.model_copy(update={"rule": rule})).agrees
