from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from schemas import AlertKind
from services.alerts.notifier.channels import create_channels
from services.alerts.notifier.config import ReceiverKind, Start, parse_config, read_config
from services.alerts.notifier.dry_run import destinations
from services.alerts.notifier.labels import labels_of
from services.alerts.notifier.routing import Routes
from services.alerts.notifier.silencing import read_silence
from services.core.errors import ConfigurationError
from services.core.listing import ListingError
from tests.conftest import CHECKOUT
from tests.unit.alerts.notifier.examples import OPENED_AT, SECRET, alert, silence

TEXT = """\
receivers:
  - id: mail
    apprise: ["mailto://user:secretpw@mail.example"]
  - id: desk
    webhook: {url: "https://hooks.example/secretpath", secret_env: SECRET}
    events: [opened]
    timeout: 5s
  - id: am
    alertmanager: {url: "http://alertmanager.example:9093/"}
    from: earliest
routes:
  - id: critical
    matchers: [severity=critical]
    receivers: [mail, am]
    continue: true
  - id: belarus
    matchers: ["country=by", 'actor!~"carol|dave"']
    receivers: [desk, mail]
  - id: rest
    receivers: [am]
"""


def problem(text: str) -> str:
    with pytest.raises(ListingError) as error:
        parse_config(text, source="notify.yaml")
    return str(error.value)


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_receivers_and_routes_are_read() -> None:
    config = parse_config(TEXT, source="notify.yaml")
    mail, desk, am = config.receivers
    assert [receiver.kind for receiver in config.receivers] == list(ReceiverKind)
    assert mail.events == (AlertKind.OPENED, AlertKind.UPDATED, AlertKind.RESOLVED)
    assert desk.events == (AlertKind.OPENED,)
    assert desk.timeout == timedelta(seconds=5)
    assert (mail.start, am.start) == (Start.END, Start.EARLIEST)
    assert [route.continue_ for route in config.routes] == [True, False, False]
    assert "secretp" not in repr(config) + str(config.model_dump())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (changed("  - id: desk\n", "  - id: mail\n"), "line 4: id: `mail` stands already in line 2"),
        (changed("events: [opened]", "events: [open]"), "line 4: events.0: Input should be 'opened'"),
        (changed("timeout: 5s", "timeout: 5"), "line 4: timeout: Value error, needs a unit"),
        (changed("timeout: 5s", "colour: red"), "line 4: colour: no such field; the fields are id, apprise"),
        (changed("timeout: 5s", "start: end"), "line 4: start: no such field"),
        (changed("secret_env: SECRET", "secret: x"), "line 4: webhook.secret: Extra inputs are not permitted"),
        (changed(", secret_env: SECRET", ""), "line 4: webhook: Value error, needs one of secret_file and secret_env"),
        (changed("    from: earliest", "    apprise: [json://x]"), "line 8: Value error, needs exactly one of apprise"),
        (changed("    from: earliest", "    allow_private: true"), "allow_private: belongs under alertmanager"),
        (changed("    from: earliest", "    events: [opened]"), "an Alertmanager needs opened and resolved"),
        (changed('9093/"', '9093/", expires_after: 1m'), "line 8: alertmanager: Value error, expires_after must be"),
        (changed("https://hooks", "ftp://hooks"), "line 4: webhook.url: Value error, not an address that begins with"),
        (changed("id: desk", "id: the desk"), "line 4: id: String should match pattern"),
        (changed("severity=critical", "severity"), "line 12: matchers.0: Value error, 'severity' is no matcher"),
        (changed("receivers: [desk, mail]", "receivers: [desk, nobody]"), "line 16: receivers: no receiver `nobody`"),
        (changed("receivers: [desk, mail]", "receivers: []"), "line 16: receivers: Tuple should have at least 1"),
        (changed("routes:", "route:"), "route: no such key; there are receivers, routes"),
        (changed('["mailto://user:secretpw@mail.example"]', "[]"), "line 2: apprise: Tuple should have at least 1"),
        ("receivers: []\n", "needs a key `routes` with a list"),
        ("receivers: [\n", "not readable as YAML"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_field(text: str, told: str) -> None:
    assert told in problem(text).replace("value_error, ", "")
    assert problem(text).startswith("notify.yaml")


@pytest.mark.parametrize(
    "text",
    [
        changed('["mailto://user:secretpw@mail.example"]', "mailto://user:secretpw@mail.example"),
        changed('["mailto://user:secretpw@mail.example"]', '[["mailto://user:secretpw@mail.example"]]'),
        changed("  - id: mail\n    apprise: [", "  - ["),
        changed("https://hooks.example/secretpath", "hooks.example/secretpath"),
        changed("https://hooks.example/secretpath", "https://[hooks.example/secretpath"),
        changed("{url:", "{addres:"),
    ],
)
def test_no_error_shows_a_secret(text: str) -> None:
    with pytest.raises(ListingError) as error:
        parse_config(text, source="notify.yaml")
    assert "secretp" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "environment", "told"),
    [
        (TEXT, {}, "receiver desk: webhook.secret_env: SECRET is not set"),
        (TEXT, {"SECRET": "not*base64"}, "receiver desk: the secret a secret is written as whsec_ and base64"),
        (TEXT, {"SECRET": "whsec_c2hvcnQ="}, "receiver desk: the secret a secret has 24 to 64 bytes, not 5"),
        (TEXT, {"SECRET": " \n"}, "receiver desk: the secret holds no secret"),
        (
            changed("mailto://", "nosuch://"),
            {"SECRET": SECRET},
            "receiver mail: apprise.0: not an address that Apprise",
        ),
        (
            changed("secret_env: SECRET", "secret_file: missing"),
            {},
            "receiver desk: webhook.secret_file: missing cannot be read (No such file or directory)",
        ),
    ],
)
def test_what_cannot_be_used_is_said_without_the_secret(text: str, environment: Mapping[str, str], told: str) -> None:
    config = parse_config(text, source="notify.yaml")
    with pytest.raises(ConfigurationError) as error:
        create_channels(config, folder=Path(), environment=environment, max_answer_bytes=1024)
    assert told in str(error.value)
    assert "secretpw" not in str(error.value)


def test_a_secret_may_stand_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "desk.secret").write_text(f"{SECRET}\n{SECRET}\n")
    text = changed("secret_env: SECRET", "secret_file: desk.secret")
    config = parse_config(text, source="notify.yaml")
    channels = create_channels(config, folder=tmp_path, environment={}, max_answer_bytes=1024)
    assert list(channels) == ["mail", "desk", "am"]
    for channel in channels.values():
        channel.close()


def test_the_example_can_be_read() -> None:
    config = read_config(CHECKOUT / "seeds" / "notify.yaml")
    assert {receiver.kind for receiver in config.receivers} == set(ReceiverKind)


@pytest.mark.parametrize(
    ("changes", "chosen"),
    [
        ({}, {"desk": "belarus", "mail": "belarus"}),
        ({"severity": "critical"}, {"mail": "critical", "am": "critical", "desk": "belarus"}),
        ({"actors": ()}, {"am": "rest"}),
        ({"actors": (), "severity": "critical"}, {"mail": "critical", "am": "critical"}),
    ],
)
def test_the_first_route_that_matches_is_taken_and_more_where_it_says_continue(
    changes: dict[str, object], chosen: dict[str, str]
) -> None:
    routes = Routes.of(parse_config(TEXT, source="notify.yaml").routes)
    labels = dict(labels_of(alert()))
    if "severity" in changes:
        labels["severity"] = frozenset({"critical"})
    if "actors" in changes:
        labels["country"] = frozenset()
    assert routes.choose(labels) == chosen


def test_a_dry_run_says_what_would_become_of_an_alert() -> None:
    config = parse_config(TEXT, source="notify.yaml")
    routes = Routes.of(config.routes)
    found = destinations(alert(AlertKind.UPDATED, 2), config.receivers, routes, [], OPENED_AT)
    assert {each.receiver: each.fate for each in found} == {
        "desk": "passed over: desk does not ask for updated",
        "mail": "sent by apprise",
    }
    quiet = [read_silence(silence("actor=ann"))]
    assert {
        each.fate.partition(":")[0] for each in destinations(alert(), config.receivers, routes, quiet, OPENED_AT)
    } == {"silenced"}
