"""`sightline notify`, `silences` and `notifications` against a real broker."""

import json
import os
import pwd
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from schemas import MuteTime, Notification, Outcome, Silence, Topic
from services.alerts.notifier.notifications import make_notification
from services.cli.app import create_cli
from services.cli.notifications import is_wanted
from services.core.codec import encode
from tests.integration.notifying import publish, webhook
from tests.integration.running import Installation
from tests.unit.alerts.notifier.examples import OPENED_AT, SECRET, alert


@pytest.fixture
def installation(broker: str, fresh_name: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Installation:
    installation = Installation(broker, fresh_name("cli") + ".")
    for name, value in installation.environment.items():
        monkeypatch.setenv(name, value)
    return installation


@pytest.fixture
def notify_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    file = tmp_path / "notify.yaml"
    said = {
        "receivers": [webhook("desk", "http://127.0.0.1:1/x"), webhook("spare", "http://127.0.0.1:1/y")],
        "routes": [{"id": "warnings", "matchers": ["severity=warning"], "receivers": ["desk"]}],
    }
    file.write_text(json.dumps(said))
    monkeypatch.setenv("SIGHTLINE_NOTIFIER__CONFIG_FILE", str(file))
    return file


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(create_cli(), arguments, input=stdin)


def shown(*arguments: str, stdin: str | None = None) -> str:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def test_silences_are_added_listed_and_expired(installation: Installation) -> None:
    added = ("--author", "Desk", "--comment", "a [summit]")
    identity = shown("silences", "add", "rule=~same.*", "actor!=bob", *added, "--for", "2h").strip()
    later = shown(
        "silences", "add", "rule=x", *added, "--from", "2099-01-01T00:00:00Z", "--until", "2099-01-02T00:00:00Z"
    ).strip()
    listed = [Silence.model_validate_json(line) for line in shown("silences", "list", "--json").splitlines()]
    assert [each.id for each in listed] == [identity, later]
    assert listed[0].matchers == ("rule=~same.*", "actor!=bob")
    assert (listed[0].ends_at - listed[0].starts_at).total_seconds() == 7200
    assert "in force" in (table := shown("silences", "list"))
    assert "to come" in table
    shown("silences", "expire", identity)
    shown("silences", "expire", later)
    assert shown("silences", "list") == "no silences\n"
    (ended,) = shown("silences", "list", "--all", "--json").splitlines()
    assert Silence.model_validate_json(ended).ends_at <= datetime.now(UTC)
    assert "no silence 'nothing'" in str(run("silences", "expire", "nothing").exception)


def test_a_silence_is_by_the_user_even_where_the_environment_names_none(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    shown("silences", "add", "rule=x", "--comment", "c", "--for", "2h")
    (listed,) = shown("silences", "list", "--json").splitlines()
    assert Silence.model_validate_json(listed).author == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("rule=x",), "--for or --until"),
        (("rule=x", "--for", "2h", "--until", "2099-01-01"), "--for or --until"),
        (("rule=~[", "--for", "2h"), "no regular expression"),
        (("rule", "--for", "2h"), "is no matcher"),
        (("rule=x", "--for", "7"), "duration"),
        (("rule=x", "--until", "2001-01-01T00:00:00Z"), "ends_at lies before starts_at"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(arguments: tuple[str, ...], problem: str) -> None:
    result = run("silences", "add", *arguments, "--author", "Desk", "--comment", "c")
    assert result.exit_code == 2
    assert problem in " ".join(result.output.replace("│", " ").split())


def test_a_dry_run_shows_where_alerts_would_go(installation: Installation, notify_file: Path, tmp_path: Path) -> None:
    loud, muted = alert(alert_id="al-loud"), alert(alert_id="al-muted", rule="other", mute=(MuteTime(),))
    publish(installation, [loud, muted])
    told = shown("notify", "route", "--last", "5")
    assert f"opened {loud.id} of al-loud: rule same-sentence, warning, ann, bob\n" in told
    assert "  desk by warnings: sent by webhook\n" in told
    assert "  desk by warnings: muted: muted by rule other: every day" in told
    shown("silences", "add", "actor=ann", "--author", "Desk", "--comment", "c", "--for", "1h")
    assert "silenced by Desk until" in shown("notify", "route", "--event", loud.id)
    assert "al-nowhere" not in (by_alert := shown("notify", "route", "--event", "al-muted"))
    assert "silenced by Desk" in by_alert
    file = tmp_path / "alerts.jsonl"
    file.write_bytes(encode(loud) + b"\n" + encode(alert(labels={"a": "b"})) + b"\n")
    assert shown("notify", "route", str(file), "--offline").count("sent by webhook") == 2
    assert "sent by webhook" in shown("notify", "route", "-", "--offline", stdin=loud.model_dump_json(indent=2))
    assert run("notify", "route", "--event", "nothing").exit_code == 1
    file.write_bytes(encode(loud) + b"\n{broken\n")
    assert "line 2: no alert: the value" in str(run("notify", "route", str(file), "--offline").exception)


def test_the_file_is_checked(notify_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = shown("notify", "check")
    assert "2 receivers, 1 routes" in told
    assert "spare: webhook, opened, updated, resolved (no route leads there)" in told
    monkeypatch.delenv("TEST_SECRET")
    assert "TEST_SECRET is not set" in str(run("notify", "check").exception)
    monkeypatch.delenv("SIGHTLINE_NOTIFIER__CONFIG_FILE")
    assert "set SIGHTLINE_NOTIFIER__CONFIG_FILE" in str(run("notify", "check").exception)


def test_what_went_to_whom_when_and_why(installation: Installation) -> None:
    first, second = alert(alert_id="al-1"), alert(alert_id="al-2")
    made = [
        make_notification(first, "desk", "all", Outcome.FAILED, attempt=1, at=OPENED_AT),
        make_notification(
            first, "desk", "all", Outcome.DELIVERED, attempt=2, at=OPENED_AT.replace(minute=1), detail="HTTP 200 [ok]"
        ),
        make_notification(second, "mail", "all", Outcome.SILENCED, attempt=0, at=OPENED_AT.replace(minute=2)),
    ]
    installation.produce(Topic.NOTIFICATIONS, [(each.alert_id.encode(), encode(each)) for each in reversed(made)])

    lines = shown("notifications", "--json", "--alert", "al-1").splitlines()
    assert [Notification.model_validate_json(line) for line in lines] == made[:2]
    assert shown("notifications", "--receiver", "nobody") == "no notifications\n"
    assert shown("notifications", "--limit", "2").splitlines() == [
        "2023-02-28 09:01:00 desk: delivered (attempt 2, route all)",
        "  opened al-1: rule same-sentence, warning, ann, bob",
        "  HTTP 200 [ok]",
        "2023-02-28 09:02:00 mail: silenced (route all)",
        "  opened al-2: rule same-sentence, warning, ann, bob",
    ]


def test_notifications_are_picked_by_alert_event_receiver_and_outcome() -> None:
    first = alert(alert_id="al-1")
    told = make_notification(first, "desk", "all", Outcome.FAILED, attempt=1, at=OPENED_AT)
    everything: dict[str, Any] = {"alert": None, "receiver": None, "outcome": None}
    for wanted in ({}, {"alert": "al-1"}, {"alert": first.id}, {"receiver": "desk"}, {"outcome": Outcome.FAILED}):
        assert is_wanted(told, **{**everything, **wanted})
    for other in ({"alert": "al-2"}, {"receiver": "mail"}, {"outcome": Outcome.MUTED}):
        assert not is_wanted(told, **{**everything, **other})
