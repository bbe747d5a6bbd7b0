"""The same thing said again changes nothing; the state stays bounded."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas import Alert, AlertState, Reason, Rule, Topic
from services.alerts.state import Outcome, advance
from services.alerts.work import Limits, work_on
from services.core.codec import encode
from services.core.dead_letters import Received
from services.core.identity import alert_id
from tests.unit.alerts.examples import cooccurrence

LIMITS = Limits(remembered_alerts=10, max_message_bytes=1_000_000)
NOW = datetime(2023, 2, 28, 9, tzinfo=UTC)
RULES = (Rule(id="all", name="All"), Rule(id="none", name="None", min_score=1.0, scope="sentence", labels={"a": "b"}))


def step(state: dict[str, AlertState], article: str, *, remembered: int = 10) -> Outcome:
    outcome = advance(state, RULES[:1], cooccurrence(article), raised_at=NOW, remembered=remembered)
    state.update(outcome.states)
    return outcome


def test_an_alert_says_who_where_and_why() -> None:
    ((key, alert),) = step({}, "a-1").alerts
    assert key == "all|ann|bob"
    assert alert.id == alert_id("all", ["bob", "ann"], "a-1")
    assert alert.summary == "Ann and Bob in one sentence of “A meeting” (Example Wire)"
    assert alert.raised_at == NOW
    assert Alert.model_validate_json(alert.model_dump_json()) == alert


def test_the_same_again_is_suppressed_and_another_article_is_not() -> None:
    state: dict[str, AlertState] = {}
    assert len(step(state, "a-1").alerts) == 1
    assert step(state, "a-1") == Outcome(suppressed=1)
    assert len(step(state, "a-2").alerts) == 1


@given(st.lists(st.sampled_from("abcdef"), max_size=40))
def test_every_article_raises_once_however_often_and_in_whatever_order_it_comes(articles: list[str]) -> None:
    state: dict[str, AlertState] = {}
    raised = [alert.article.id for article in articles for _, alert in step(state, article).alerts]
    assert sorted(raised) == sorted(set(articles))


def test_what_is_remembered_is_bounded_and_what_is_dropped_is_counted() -> None:
    state: dict[str, AlertState] = {}
    forgotten = [step(state, f"a-{n}", remembered=3).forgotten for n in range(5)]
    assert forgotten == [0, 0, 0, 1, 1]
    assert len(state["all|ann|bob"].alert_ids) == 3


def test_a_message_becomes_alerts_and_state_beside_it_or_a_dead_letter() -> None:
    received = Received("actors.cooccurrences", 3, 7, b"ann|bob", encode(cooccurrence()))
    work = work_on(received, {}, RULES[:1], written_at=NOW, limits=LIMITS)
    assert [(o.topic, o.key, o.partition) for o in work.outputs] == [
        (Topic.ALERTS, b"all|ann|bob", None),
        (Topic.ALERTS_STATE, b"all|ann|bob", 3),
    ]
    broken = work_on(Received("t", 0, 0, b"\xff", b"{}"), {}, RULES, written_at=NOW, limits=LIMITS)
    assert broken.failed is Reason.INVALID_FIELD
    assert [(o.topic, o.key, o.value) for o in broken.outputs] == [
        (Topic.ACTORS_COOCCURRENCES_DEAD_LETTER, b"\xff", b"{}")
    ]


def test_what_cannot_be_written_is_set_aside_and_stops_nothing() -> None:
    received = Received("actors.cooccurrences", 0, 0, None, encode(cooccurrence()))
    small = Limits(remembered_alerts=10, max_message_bytes=1000)
    assert work_on(received, {}, RULES, written_at=NOW, limits=small).failed is Reason.OUTPUT_TOO_LARGE
    tombstone = work_on(Received("t", 0, 0, None, None), {}, RULES, written_at=NOW, limits=LIMITS)
    assert tombstone.failed is Reason.NULL_VALUE
    assert tombstone.outputs[0].key == b"", "a message with neither key nor value is not sent"
    assert (
        work_on(Received("t", 0, 0, None, b"\xff"), {}, RULES, written_at=NOW, limits=LIMITS).failed is Reason.NOT_UTF8
    )
