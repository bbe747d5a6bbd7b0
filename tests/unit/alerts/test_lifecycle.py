"""An alert opens at once, tells new stories together, repeats, resolves, and takes corrections and late articles."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Alert, AlertState, AlertStatus, Resolution
from services.alerts.episodes import Bounds
from services.alerts.lifecycle import tick
from tests.unit.alerts.timeline import BOUNDS, Line, article, at, rule, told

MINUTE = 1 / 60


def test_the_first_article_opens_an_alert_at_once_and_the_event_holds_the_whole_reason() -> None:
    line = Line(rule(severity="critical", labels={"desk": "x"}))
    (event,) = line.arrive(article("a", 0, source="Wire"), 1)
    assert (event.kind, event.status, event.sequence, event.severity, event.labels) == (
        "opened",
        "open",
        1,
        "critical",
        {"desk": "x"},
    )
    assert [each.article.id for each in event.cooccurrences] == ["a"]
    assert event.rule.content == line.rule.content
    assert (event.article_count, event.story_count, event.sources) == (1, 1, ("Wire",))
    assert (event.first_seen, event.last_seen, event.raised_at) == (at(0), at(0), at(1))
    assert event.summary == "Ann and Bob in one sentence of “Title a” (Wire)"
    assert Alert.model_validate_json(event.model_dump_json()) == event


def test_new_stories_are_told_together_and_copies_are_none() -> None:
    line = Line()
    line.arrive(article("a", 0, source="Wire"), 0)
    assert line.arrive(article("b", 0, source="Paper"), MINUTE) == []
    assert line.arrive(article("b2", 0, story="b", source="Copycat"), 2 * MINUTE) == []
    assert line.arrive(article("c", 0, source="Wire"), 3 * MINUTE) == []
    assert line.wait_until(4 * MINUTE) == []
    (event,) = line.wait_until(6 * MINUTE)
    assert event.kind == "updated"
    assert [each.article.id for each in event.cooccurrences] == ["b", "c"]
    assert (event.article_count, event.story_count, event.independent_source_count) == (4, 3, 2)
    assert event.raised_at == at(5 * MINUTE)
    assert event.alert_id == line.events[0].alert_id
    assert event.id != line.events[0].id
    assert line.wait_until(20) == [], "nothing new, nothing to tell"


def test_an_alert_is_resolved_when_it_has_been_quiet_and_the_next_one_is_another() -> None:
    line = Line(rule(resolve_after="24h"))
    line.arrive(article("a", 0), 0)
    line.arrive(article("copy", 5, story="a"), 5)
    assert line.wait_until(28.9) == []
    (event,) = line.wait_until(40)
    assert (event.kind, event.resolution, event.raised_at) == ("resolved", Resolution.QUIET, at(29))
    assert [each.article.id for each in event.cooccurrences] == ["a"]
    (opened,) = line.arrive(article("b", 50), 50)
    assert opened.kind == "opened"
    assert opened.alert_id != event.alert_id


def test_what_is_due_happens_before_what_arrives_at_its_own_time() -> None:
    line = Line()
    line.arrive(article("a", 0), 0)
    line.arrive(article("b", 0), MINUTE)
    events = line.arrive(article("c", 48), 48)
    assert told(events) == ["updated", "resolved", "opened"]
    assert [event.raised_at for event in events] == [at(5 * MINUTE), at(24), at(48)]


def test_an_open_alert_is_repeated_as_often_as_asked_and_never_otherwise() -> None:
    line = Line(rule(repeat_interval="4h"))
    line.arrive(article("a", 0), 0)
    assert told(line.wait_until(23)) == ["repeated"] * 5
    assert told(line.wait_until(60)) == ["resolved"]
    quiet = Line()
    quiet.arrive(article("a", 0), 0)
    assert quiet.wait_until(23) == []


def test_several_stories_in_a_window_are_needed_where_a_rule_asks_for_them() -> None:
    line = Line(rule(min_stories=3, window="24h", resolve_after="72h"))
    assert line.arrive(article("a", 0), 0) == []
    assert line.arrive(article("a2", 1, story="a"), 1) == []
    assert line.arrive(article("b", 20), 20) == []
    assert line.arrive(article("c", 30), 30) == [], "the first is too long ago"
    (event,) = line.arrive(article("d", 40), 40)
    assert event.kind == "opened"
    assert [each.article.id for each in event.cooccurrences] == ["a", "b", "c", "d"]
    assert event.story_count == 4


def test_independent_sources_are_those_who_brought_a_story_first() -> None:
    line = Line(rule(min_sources=2))
    line.arrive(article("a", 1, source="Wire"), 1)
    assert line.arrive(article("a2", 2, story="a", source="Paper"), 2) == [], "a copy proves nothing"
    assert told(line.arrive(article("b", 3, source="Paper"), 3)) == ["opened"]


def test_a_pending_alert_that_comes_to_nothing_is_forgotten_in_the_end_and_nobody_hears_of_it() -> None:
    line = Line(rule(min_stories=2))
    line.arrive(article("a", 0), 0)
    assert line.wait_until(24 * 7 - 1) == []
    assert line.state.episodes, "a repeat of the article would find it"
    assert line.wait_until(24 * 7) == []
    assert line.state.episodes == ()


def test_repeats_of_articles_that_came_to_nothing_do_not_count_for_a_later_alert() -> None:
    articles = [(article("a", 0), 0.0), (article("late", 5), 7.0), (article("b", 10), 10.0), (article("c", 11), 11.0)]
    once, again = (Line(rule(min_stories=3, window="3h", resolve_after="6h")) for _ in range(2))
    for number, arrival in enumerate(articles):
        once.arrive(*arrival)
        for step in (arrival, *articles[: number + 1]):
            again.arrive(*step)
    assert again.state == once.state
    assert again.events == once.events


def test_articles_of_the_past_have_an_alert_of_their_own_time() -> None:
    line = Line()
    line.arrive(article("new", 100), 100)
    (event,) = line.arrive(article("old", 0), 101)
    assert (event.kind, event.first_seen) == ("opened", at(0))
    assert event.alert_id != line.events[0].alert_id
    assert told(line.wait_until(102)) == ["resolved"], "it has long been quiet"
    assert line.events[-1].alert_id == event.alert_id


def test_a_late_article_is_told_in_the_alert_of_its_time_though_that_is_resolved() -> None:
    line = Line()
    line.arrive(article("a", 0), 0)
    line.wait_until(30)
    assert told(line.arrive(article("late", 2), 31)) == ["updated"]
    assert told(line.wait_until(32)) == ["resolved"]
    assert {event.alert_id for event in line.events} == {line.events[0].alert_id}
    assert [event.sequence for event in line.events] == [1, 2, 3, 4]
    assert line.arrive(article("copy", 3, story="late"), 33) == []
    assert line.wait_until(34) == [], "a late copy is no news"


def test_a_time_of_publication_that_has_not_come_yet_does_not_count() -> None:
    line = Line()
    (event,) = line.arrive(article("a", 5000), 1)
    assert event.last_seen == at(1)


@pytest.mark.parametrize("published", [0, None])
def test_the_same_article_again_changes_nothing(published: float | None) -> None:
    line = Line()
    line.arrive(article("a", published), 0)
    before = line.state
    assert line.arrive(article("a", published), 0) == []
    assert line.arrive(article("a", published), 1) == []
    assert line.wait_until(2) == []
    assert (line.state, line.repeats) == (before, 2)


def test_a_correction_replaces_the_evidence_and_an_earlier_revision_does_not_come_back() -> None:
    line = Line()
    line.arrive(article("a", 0), 0)
    changed = article("a", 0, story="corrected")
    (event,) = line.arrive(changed, 1)
    assert event.kind == "updated"
    assert event.cooccurrences == (changed,)
    assert (event.article_count, event.story_count) == (1, 1)
    assert line.arrive(article("a", 0), 0) == [], "the first revision, read once more"
    assert line.wait_until(2) == []


def test_a_correction_that_takes_everything_back_resolves_the_alert() -> None:
    line = Line()
    line.arrive(article("a", 0), 0)
    line.arrive(article("b", 0), MINUTE)
    line.wait_until(1)
    (event,) = line.retract("a", 2)
    assert (event.kind, event.article_count, event.cooccurrences) == ("updated", 1, ())
    (event,) = line.retract("b", 4)
    assert (event.kind, event.resolution, event.article_count) == ("resolved", Resolution.CORRECTED, 0)
    assert line.arrive(article("b", 0), MINUTE) == [], "what was taken back does not come back by a repeat"
    assert line.retract("b", 4) == []
    (event,) = line.arrive(article("b", 0), 5)
    assert (event.kind, event.status) == ("updated", "open"), "but by a later revision"


def test_a_correction_that_leaves_too_few_stories_resolves_the_alert() -> None:
    line = Line(rule(min_stories=2))
    line.arrive(article("a", 0), 0)
    line.arrive(article("b", 0), 0.1)
    (event,) = line.retract("a", 1)
    assert (event.kind, event.resolution, event.article_count) == ("resolved", Resolution.CORRECTED, 1)


def test_a_corrected_date_moves_an_article_to_the_alert_of_its_time() -> None:
    line = Line()
    line.arrive(article("a", 0), 100)
    events = line.arrive(article("a", 99), 101)
    assert told(events) == ["resolved", "opened", "updated"]
    quiet, opened, emptied = events
    assert opened.first_seen == at(99)
    assert (emptied.alert_id, emptied.article_count, emptied.status) == (quiet.alert_id, 0, "resolved")
    assert len({event.id for event in line.events}) == len(line.events)


def test_a_rule_that_is_removed_resolves_what_is_open() -> None:
    line = Line()
    line.arrive(article("a", 0), 0)
    step = tick(line.state, None, now=at(1), bounds=BOUNDS)
    assert [(e.kind, e.resolution) for e in step.events] == [("resolved", Resolution.RULE_REMOVED)]
    assert step.state.episodes == ()


def test_a_flood_of_articles_makes_one_alert_and_a_few_updates_of_bounded_size() -> None:
    line = Line(bounds=Bounds(articles=50, stories=20, evidence=20))
    for number in range(300):
        line.arrive(article(f"a{number}", number * 0.0001), number * 0.0001)
    line.wait_until(1)
    assert told(line.events) == ["opened", "updated"]
    update = line.events[1]
    assert (len(update.cooccurrences), update.cooccurrences_left_out, update.article_count) == (20, 279, 300)
    assert len(line.state.episodes[0].articles) == 50
    assert line.forgotten == 250 + 280


def test_a_resolved_alert_is_forgotten_in_the_end() -> None:
    line = Line()
    line.arrive(article("a", 0), 0)
    line.wait_until(24 * 10)
    assert line.state.episodes == ()
    assert tick(line.state, line.rule, now=at(24 * 10), bounds=BOUNDS).due is None


ARTICLES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([0.0, 3.0, 20.0, 30.0, 70.0]), st.booleans()), max_size=25
)


@given(ARTICLES)
def test_whatever_arrives_in_whatever_order_each_alert_lives_as_alerts_do(
    arrivals: list[tuple[str, float, bool]],
) -> None:
    line = Line(rule(repeat_interval="10h"))
    for number, (name, seen, is_retraction) in enumerate(arrivals):
        if is_retraction:
            line.retract(name, 80 + number)
        else:
            line.arrive(article(name, seen, source=name), 80 + number)
    line.wait_until(1000)
    lives: dict[str, list[Alert]] = {}
    for event in line.events:
        lives.setdefault(event.alert_id, []).append(event)
    for life in lives.values():
        assert [event.sequence for event in life] == list(range(1, len(life) + 1))
        assert told(life)[0] == "opened"
        assert "opened" not in told(life)[1:]
        assert life[-1].status is AlertStatus.RESOLVED
        assert [event.raised_at for event in life] == sorted(event.raised_at for event in life)
    ids = [event.id for event in line.events]
    assert len(ids) == len(set(ids))


def replay(line: Line, step: tuple[str, float, bool, float]) -> None:
    name, seen, is_retraction, arrived = step
    if is_retraction:
        line.retract(name, arrived)
    else:
        line.arrive(article(name, seen), arrived)


@given(
    ARTICLES,
    st.sampled_from([{}, {"min_stories": 2, "window": "10h", "resolve_after": "15h"}]),
    st.sampled_from([MINUTE, 5.0]),
    st.randoms(use_true_random=False),
)
def test_folded_twice_is_folded_once(
    arrivals: list[tuple[str, float, bool]], fields: dict[str, object], apart: float, random: object
) -> None:
    """Each arrival may be repeated any time after it came, as after a crash: the events are the same."""
    once, again = Line(rule(**fields)), Line(rule(**fields))
    seen: list[tuple[str, float, bool, float]] = []
    for number, (name, hours, is_retraction) in enumerate(arrivals):
        seen.append((name, hours, is_retraction, 80 + number * apart))
        repeats = random.sample(seen, random.randint(0, len(seen)))  # type: ignore[attr-defined]
        repeats.sort(key=lambda each: each[3])
        for line, steps in ((once, seen[-1:]), (again, [seen[-1], *repeats])):
            for step in steps:
                replay(line, step)
    for line in (once, again):
        line.wait_until(1000)
    assert again.events == once.events
    assert again.state == once.state


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_in_which_articles_of_one_time_arrive_does_not_matter_to_what_is_known(
    order: tuple[int, ...],
) -> None:
    articles = [article("a", 0, source="A"), article("b", 1, source="B"), article("c", 2, story="a", source="C")]
    line = Line()
    for n in order:
        line.arrive(articles[n], 5)
    line.wait_until(6)
    last = line.events[-1]
    assert (last.article_count, last.story_count, last.sources) == (3, 2, ("A", "B"))
    assert (last.first_seen, last.last_seen) == (at(0), at(2))


def test_due_is_never_in_the_past_after_a_tick() -> None:
    line = Line(rule(repeat_interval=timedelta(hours=1)))
    line.arrive(article("a", 0), 0)
    line.arrive(article("b", 0), 0)
    line.wait_until(7.5)
    due = tick(line.state, line.rule, now=at(7.5), bounds=BOUNDS).due
    assert due is not None
    assert due > at(7.5)
    assert AlertState.model_validate_json(line.state.model_dump_json()) == line.state
