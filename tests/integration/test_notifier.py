"""The notifier on a real broker with real receivers: what arrives, what is tried again, what is given up."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer
from standardwebhooks import Webhook

from schemas import AlertKind, MuteTime, Outcome, Reason, Topic
from services.core.codec import encode
from services.core.dead_letters import Received, original_headers, read_dead_letter
from services.local.broker import EmbeddedBroker
from tests.integration.notifying import config, is_delivered, notifier, publish, told, webhook
from tests.integration.receivers import Answer, HttpReceiver, MailServer
from tests.integration.running import Installation, wait_for
from tests.unit.alerts.notifier.examples import SECRET, alert, key_of, silence


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str]) -> Installation:
    return Installation(broker, fresh_name("notifier") + ".")


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with HttpReceiver().running() as receiver:
        yield receiver


def test_a_webhook_is_signed_and_tried_again_until_it_answers(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    answers = [Answer(500, body=b"broken"), Answer(429, {"Retry-After": "1"}), Answer(408), Answer()]
    http.decide = lambda _request, number: answers[min(number, len(answers)) - 1]
    event = alert()
    with notifier(installation, tmp_path, config([webhook("desk", http.url + "/hook")])) as service:
        service.wait_until_ready()
        publish(installation, [event])
        notifications = told(installation, 4)
        delivered = 'sightline_notifications_total{kind="webhook",outcome="delivered"}'
        wait_for(lambda: service.metric(delivered) == 1, "it is counted")
        assert service.metric('sightline_alert_to_delivery_seconds_count{kind="webhook"}') == 1
        assert service.stop() == 0
    requests = http.at("/hook")
    assert [request.key for request in requests] == [event.id] * 4
    assert len({request.body for request in requests}) == 1
    for request in requests:
        Webhook(SECRET).verify(request.body, request.headers)
    assert requests[2].at - requests[1].at >= 1.0
    body = requests[0].json
    assert requests[0].headers["content-type"] == "application/cloudevents+json"
    assert (body["specversion"], body["id"], body["type"]) == ("1.0", event.id, "sightline.alert.v1")
    assert body["data"] == json.loads(encode(event))
    assert [(each.attempt, each.outcome) for each in notifications] == [
        (1, Outcome.FAILED),
        (2, Outcome.FAILED),
        (3, Outcome.FAILED),
        (4, Outcome.DELIVERED),
    ]
    assert notifications[0].detail == "HTTP 500 broken"
    assert notifications[1].retry_at is not None
    assert (notifications[1].retry_at - notifications[1].at).total_seconds() >= 1.0
    assert {each.route for each in notifications} == {"everything"}


def test_a_receiver_that_hangs_or_fails_holds_up_nobody_else(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    http.decide = lambda request, _number: {"/hangs": Answer(delay_s=30), "/fails": Answer(503)}.get(
        request.path, Answer()
    )
    receivers = [webhook(name, f"{http.url}/{name}", timeout="1s") for name in ("hangs", "fails", "works")]
    events = [alert(alert_id=f"al-{number}") for number in range(20)]
    with notifier(installation, tmp_path, config(receivers)) as service:
        service.wait_until_ready()
        publish(installation, events)
        told(installation, 20, lambda each: is_delivered(each) and each.receiver == "works")
        assert sorted(request.key for request in http.at("/works")) == sorted(event.id for event in events)
        wait_for(lambda: service.metric('sightline_notifier_waiting_retries{receiver="fails"}'), "one waits")
        assert service.status("/healthz")[0] == 200
        assert service.status("/readyz")[0] == 200


def test_after_the_last_try_the_event_is_a_dead_letter_and_the_next_is_delivered(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    bad, refused, good = (alert(alert_id=f"al-{name}", rule=name) for name in ("bad", "refused", "good"))
    answers = {bad.id: Answer(503, body=b"no " + SECRET.encode()), refused.id: Answer(410)}
    http.decide = lambda request, _number: answers.get(request.key, Answer())
    said = config([webhook("desk", http.url + "/secret-path", max_attempts=3)])
    with notifier(installation, tmp_path, said, log_level="DEBUG") as service:
        service.wait_until_ready()
        publish(installation, [bad, refused, good])
        letters = installation.read(Topic.ALERTS.dead_letter, 2)
        told(installation, 5)
        labels = f'reason="undeliverable",topic="{installation.named(Topic.ALERTS)}"'
        assert service.metric(f"sightline_dead_letters_total{{{labels}}}") == 2
        log = service.said
        assert service.stop() == 0
    received = [Received(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers)) for r in letters]
    by_value = {each.value: read_dead_letter(each) for each in received}
    assert set(by_value) == {encode(bad), encode(refused)}
    letter = by_value[encode(bad)]
    assert letter.reason is Reason.UNDELIVERABLE
    assert letter.message == "receiver desk: HTTP 503 no ***"
    assert dict(received[0].headers)["sightline.errors.receiver"] == b"desk"
    assert len([request for request in http.requests if request.key == bad.id]) == 3
    assert len([request for request in http.requests if request.key == refused.id]) == 1
    assert len([request for request in http.requests if request.key == good.id]) == 1
    assert "secret-path" not in log
    assert SECRET not in log
    # Replayed, it goes to whom it has not reached, and to nobody else.
    http.decide = lambda _request, _number: Answer()
    other = webhook("other", http.url + "/other")
    both = config([webhook("desk", http.url + "/secret-path"), other])
    with notifier(installation, tmp_path, both) as service:
        service.wait_until_ready()
        original = next(each for each in received if each.value == encode(bad))
        replay(installation, original)
        later = alert(alert_id="al-later")
        publish(installation, [later])
        wait_for(lambda: later.id in {r.key for r in http.at("/other")}, "the later one is delivered")
        wait_for(lambda: len([r for r in http.at("/secret-path") if r.key == bad.id]) == 4, "the replayed one is too")
        assert bad.id not in {request.key for request in http.at("/other")}


def replay(installation: Installation, letter: Received) -> None:
    producer = KafkaProducer(bootstrap_servers=installation.kafka.servers, acks="all")
    try:
        topic = installation.named(Topic.ALERTS)
        producer.send(topic, letter.value, key=letter.key, headers=original_headers(letter.headers)).get(10)
    finally:
        producer.close()


def test_killed_between_delivery_and_commit_it_delivers_again_under_the_same_key(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    http.decide = lambda _request, number: Answer(delay_s=60 if number == 1 else 0)
    event, said = alert(), config([webhook("desk", http.url + "/hook", timeout="60s")])
    with notifier(installation, tmp_path, said) as service:
        service.wait_until_ready()
        publish(installation, [event])
        wait_for(lambda: http.at("/hook"), "it has been delivered")
        service.kill()
    with notifier(installation, tmp_path, said) as service:
        (notification,) = told(installation, 1)
        assert notification.outcome is Outcome.DELIVERED
        assert service.stop() == 0
    assert [request.key for request in http.at("/hook")] == [event.id, event.id]
    with notifier(installation, tmp_path, said) as service:
        service.wait_until_ready()
        later = alert(alert_id="al-later")
        publish(installation, [later])
        wait_for(lambda: later.id in {request.key for request in http.at("/hook")}, "the later one is delivered")
    assert len(http.at("/hook")) == 3  # what was delivered and committed does not come again


def test_a_new_receiver_begins_at_the_end_and_a_known_one_where_it_stood(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    before, meanwhile = alert(alert_id="al-before"), alert(alert_id="al-meanwhile")
    publish(installation, [before])
    known = webhook("known", http.url + "/known")
    with notifier(installation, tmp_path, config([known])) as service:
        service.wait_until_ready()
        assert service.stop() == 0
    publish(installation, [meanwhile])
    late = {**webhook("late", http.url + "/late"), "from": "earliest"}
    with notifier(installation, tmp_path, config([known, late, webhook("new", http.url + "/new")])) as service:
        service.wait_until_ready()
        last = alert(alert_id="al-last")
        publish(installation, [last])
        told(installation, 6)
    assert {request.key for request in http.at("/known")} == {meanwhile.id, last.id}
    assert {request.key for request in http.at("/late")} == {before.id, meanwhile.id, last.id}
    assert [request.key for request in http.at("/new")] == [last.id]


def test_a_silence_and_a_mute_keep_notifications_from_going_and_say_so(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    quiet = alert(alert_id="al-quiet", rule="quiet")
    muted = alert(alert_id="al-muted", mute=(MuteTime(),))
    loud = alert(alert_id="al-loud")
    always = silence("rule=~qu.*", starts_at=loud.raised_at, lasts=loud.raised_at - loud.raised_at.replace(year=1970))
    installation.produce(Topic.ALERTS_SILENCES, [(always.id.encode(), encode(always)), (b"bad", b"{")])
    with notifier(installation, tmp_path, config([webhook("desk", http.url + "/hook")])) as service:
        service.wait_until_ready()
        assert service.metric("sightline_silences_in_force") == 1
        assert "silence_unreadable" in service.said
        publish(installation, [quiet, muted, loud])
        outcomes = {each.alert_id: each for each in told(installation, 3)}
        assert outcomes["al-quiet"].outcome is Outcome.SILENCED
        assert outcomes["al-quiet"].silence_id == always.id
        assert outcomes["al-muted"].outcome is Outcome.MUTED
        assert outcomes["al-loud"].outcome is Outcome.DELIVERED
        installation.produce(Topic.ALERTS_SILENCES, [(always.id.encode(), None)])
        wait_for(lambda: service.metric("sightline_silences_in_force") == 0, "the silence is removed")
        again = quiet.model_copy(update={"id": "ev-again", "kind": AlertKind.UPDATED})
        publish(installation, [again])
        told(installation, 4)
    assert {request.key for request in http.at("/hook")} == {loud.id, again.id}


def test_mail_arrives_and_only_what_failed_is_sent_again(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    http.decide = lambda _request, number: Answer(503 if number == 1 else 200)
    with MailServer("secretpw").running() as mails:
        mail_url = f"mailto://user:secretpw@127.0.0.1:{mails.port}?from=sightline@news.example&to=desk@news.example"
        urls = [
            f"{mail_url}&smtp=127.0.0.1&mode=insecure",
            http.url.replace("http://", "json://user:secretpw@") + "/in",
        ]
        with notifier(
            installation,
            tmp_path,
            config([{"id": "people", "apprise": urls, "allow_private": True}]),
            log_level="DEBUG",
        ) as service:
            service.wait_until_ready()
            publish(installation, [alert()])
            failed, delivered = told(installation, 2)
            log = service.said
            assert service.stop() == 0
    assert (failed.outcome, delivered.outcome) == (Outcome.FAILED, Outcome.DELIVERED)
    assert failed.detail is not None
    assert failed.detail.startswith("json: ")
    assert len(http.at("/in")) == 2
    (mail,) = mails.mails
    assert mail["Subject"] == "[warning] Ann and Bob: opened"
    body = mail.get_body(preferencelist=("plain", "html"))
    assert body is not None
    assert "“Ann met Bob despite sanctions.” (Example Wire, https://news.example/meeting)" in body.get_content()
    assert "secretpw" not in log + failed.detail


def test_what_cannot_be_read_is_set_aside_and_the_next_is_delivered(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    event = alert()
    with notifier(installation, tmp_path, config([webhook("desk", http.url + "/hook")])) as service:
        service.wait_until_ready()
        installation.produce(Topic.ALERTS, [(b"k", b"{broken"), (b"n", None), (key_of(event), encode(event))])
        letters = installation.read(Topic.ALERTS.dead_letter, 2)
        told(installation, 1)
    assert {letter.value for letter in letters} == {b"{broken", None}
    assert [request.key for request in http.at("/hook")] == [event.id]


def test_two_instances_share_the_events_while_one_of_them_waits(
    installation: Installation, http: HttpReceiver, tmp_path: Path
) -> None:
    stuck = alert(alert_id="al-stuck", rule="stuck")
    http.decide = lambda request, _number: Answer(503 if request.key == stuck.id else 200)
    said = config([webhook("desk", http.url + "/hook", max_attempts=1000)])
    with notifier(installation, tmp_path, said) as first:
        first.wait_until_ready()
        publish(installation, [stuck])
        wait_for(lambda: http.at("/hook"), "the first has met it")
        with notifier(installation, tmp_path, said) as second:
            began = time.monotonic()
            second.wait_until_ready()
            assert time.monotonic() - began < 20  # the first answers the rebalance though it waits
            events = [alert(alert_id=f"al-{n}", rule=f"rule-{n}") for n in range(30)]
            publish(installation, events)

            def mine() -> set[str]:
                return {request.key for request in http.at("/hook")} - {stuck.id}

            wait_for(lambda: len(mine()) >= 10, "the second delivers what is its")
            http.decide = lambda _request, _number: Answer()
            wait_for(lambda: mine() == {event.id for event in events}, "all are delivered")
            told(installation, 31, is_delivered)


def test_it_outlives_a_broker_that_goes_away_while_it_delivers(
    start_broker: Callable[..., EmbeddedBroker], http: HttpReceiver, tmp_path: Path
) -> None:
    broker = start_broker(tmp_path / "broker")
    port = int(broker.bootstrap_servers.rpartition(":")[2])
    installation = Installation(broker.bootstrap_servers, "outlive.")
    before, after = alert(alert_id="al-before"), alert(alert_id="al-after")
    http.decide = lambda request, _number: Answer(delay_s=2 if request.key == before.id else 0)
    with notifier(installation, tmp_path, config([webhook("desk", http.url + "/hook")])) as service:
        service.wait_until_ready()
        publish(installation, [before])
        wait_for(lambda: http.at("/hook"), "it delivers")
        broker.stop()
        wait_for(lambda: service.status("/readyz")[0] == 503, "it is not ready while the broker is away")
        assert service.status("/healthz")[0] == 200
        broker = start_broker(tmp_path / "broker", port=port)
        publish(installation, [after])
        told(installation, 2, is_delivered)
        assert {request.key for request in http.at("/hook")} == {before.id, after.id}
        service.wait_until_ready()
        assert "Traceback" not in service.said
        assert service.stop() == 0
    committed = installation.committed(Topic.ALERTS, "sightline-notifier-desk")
    assert committed == 2
