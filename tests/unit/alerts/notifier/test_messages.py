import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from schemas import AlertKind, Severity
from services.alerts.notifier.alertmanager_payload import OpenAlert, opened_by, payloads_for
from services.alerts.notifier.channel import secrets_in, without_secrets
from services.alerts.notifier.messages import body_of, cloudevent, title_of
from services.alerts.notifier.notifications import dead_letter_output, is_for, make_notification
from services.alerts.notifier.signing import parse_secrets, sign
from services.core.codec import encode
from services.core.dead_letters import Received, original_headers
from services.core.identity import notification_id
from tests.unit.alerts.notifier.examples import OPENED_AT, SECRET, alert

HOUR = timedelta(hours=1)
AHEAD = timedelta(minutes=10)
OTHER_SECRET = "whsec_" + "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlci0="


def test_a_message_says_who_what_where_and_why() -> None:
    event = alert()
    assert title_of(event) == "[warning] Ann and Bob: opened"
    assert title_of(alert(severity=Severity.INFO)) == "Ann and Bob: opened"
    assert body_of(event).splitlines() == [
        "Ann and Bob in one sentence of “A meeting” (Example Wire)",
        "",
        "“Ann met Bob despite sanctions.” (Example Wire, https://news.example/meeting)",
        "",
        "1 articles, 1 stories, 1 independent sources",
        "rule Two in a sentence (same-sentence), warning; alert al-1",
    ]


def test_news_cannot_write_lines_of_its_own_into_a_message() -> None:
    event = alert(summary="One\r\nBcc: everybody\x1b[31m", source="A\nB\u202e")
    assert body_of(event).splitlines()[0] == "One Bcc: everybody [31m"
    assert "(A B, https" in body_of(event)
    actors = tuple(actor.model_copy(update={"name": "Ann\r\nBcc: x"}) for actor in event.actors)
    assert "\n" not in title_of(event.model_copy(update={"actors": actors}))


def test_a_cloudevent_holds_the_event_as_it_stands_on_the_topic() -> None:
    event = alert()
    raw = encode(event).replace(b"{", b'{"of_a_newer_version": 1, ', 1)
    first, second = (cloudevent(event, raw, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") for _ in "12")
    assert first == second
    body = json.loads(first)
    assert body["data"] == json.loads(raw)
    assert body["id"] == event.id
    assert body["subject"] == "al-1"
    assert body["time"] == "2023-02-28T09:00:00.000Z"
    assert body["traceparent"].startswith("00-")


def test_the_signature_is_what_the_specification_says() -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = sign(parse_secrets(f"{SECRET}\n\n{OTHER_SECRET}"), message_id="ev-1", timestamp_s=now, body=b'{"a":1}')
    for secret in (SECRET, OTHER_SECRET):  # while one is replaced, who knows either can verify
        assert Webhook(secret).verify(b'{"a":1}', headers) == {"a": 1}
    tampered = {**headers, "webhook-id": "ev-2"}
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(b'{"a":1}', tampered)


def test_secrets_of_addresses_are_blacked_out() -> None:
    url = "slack://tokenA123/tokenB%2F123/chan?key=abcd1234&x=1"
    told = without_secrets("failed tokenA123 at tokenB/123 with key=abcd1234\n\nnext " + "x" * 400, secrets_in(url))
    assert told.startswith("failed *** at *** with key=*** next x")
    assert len(told) < 320


def test_what_is_told_to_alertmanager_keeps_its_labels_for_life() -> None:
    opened = alert(labels={"desk": "east", "odd-name": "x", "alertname": "no", "none": "", "1st": "y"})
    now = OPENED_AT + HOUR
    (payload,) = payloads_for(opened, None, now=now, expires_after=AHEAD)
    assert payload["labels"] == {
        "alertname": "same-sentence",
        "alert_id": "al-1",
        "severity": "warning",
        "actors": "ann,bob",
        "desk": "east",
        "odd_name": "x",
        "_1st": "y",
    }
    assert payload["startsAt"] == "2023-02-28T09:00:00.000Z"
    assert payload["endsAt"] == "2023-02-28T10:10:00.000Z"
    assert payload["generatorURL"] == "https://news.example/meeting"
    assert "“Ann met Bob despite sanctions.”" in payload["annotations"]["evidence"]

    known = opened_by(opened, None)
    later = alert(AlertKind.RESOLVED, 3, labels=opened.labels, raised_at=OPENED_AT + HOUR)
    (cleared,) = payloads_for(later, known, now=now + HOUR, expires_after=AHEAD)
    assert cleared["labels"] == payload["labels"]
    assert (cleared["startsAt"], cleared["endsAt"]) == ("2023-02-28T09:00:00.000Z", "2023-02-28T10:00:00.000Z")


def test_an_end_is_never_in_the_future_nor_before_its_start() -> None:
    resolved = alert(AlertKind.RESOLVED, 2, raised_at=OPENED_AT + HOUR)
    (payload,) = payloads_for(resolved, None, now=OPENED_AT, expires_after=AHEAD)
    assert payload["startsAt"] == payload["endsAt"] == "2023-02-28T09:00:00.000Z"


def test_a_rule_that_was_given_other_labels_leaves_nothing_open_behind() -> None:
    known = opened_by(alert(), None)
    raised = alert(AlertKind.UPDATED, 2, severity=Severity.CRITICAL, raised_at=OPENED_AT + HOUR)
    now = OPENED_AT + HOUR
    told, cleared = payloads_for(raised, known, now=now, expires_after=AHEAD)
    assert (told["labels"]["severity"], cleared["labels"]["severity"]) == ("critical", "warning")
    assert told["startsAt"] == "2023-02-28T09:00:00.000Z"
    assert cleared["endsAt"] == "2023-02-28T10:00:00.000Z"
    resolved = alert(AlertKind.RESOLVED, 3, severity=Severity.INFO, raised_at=now)
    both = payloads_for(resolved, opened_by(raised, known), now=now, expires_after=AHEAD)
    assert [each["labels"]["severity"] for each in both] == ["critical", "info"]
    assert {each["endsAt"] for each in both} == {"2023-02-28T10:00:00.000Z"}


def test_an_open_alert_remembers_when_it_was_opened() -> None:
    first = opened_by(alert(), None)
    second = opened_by(alert(AlertKind.UPDATED, 2, raised_at=OPENED_AT + HOUR), first)
    assert isinstance(second, OpenAlert)
    assert second.starts_at == OPENED_AT


def test_a_replayed_dead_letter_is_for_its_receiver_only() -> None:
    event = alert()
    received = Received("alerts", 1, 7, b"k", encode(event), (("ce_id", b"x"),))
    letter = dead_letter_output(received, ValueError("no"), "desk", failed_at=OPENED_AT)
    replayed = Received("alerts", 1, 9, b"k", encode(event), tuple(original_headers(letter.headers)))
    assert is_for(replayed, "desk")
    assert not is_for(replayed, "mail")
    assert is_for(received, "mail")
    again = dead_letter_output(replayed, ValueError("no"), "desk", failed_at=OPENED_AT)
    assert [name for name, _ in again.headers].count("sightline.receiver") == 1


def test_a_notification_is_known_by_event_receiver_and_attempt() -> None:
    event = alert()
    made = make_notification(event, "desk", "all", "delivered", attempt=2, at=OPENED_AT)  # type: ignore[arg-type]  # the enum's value
    assert made.id == notification_id(event.id, "desk", 2)
    assert made.id != notification_id(event.id, "desk", 1)
    assert made.actor_ids == ("ann", "bob")
