"""An alert at a terminal says who, which rule, how close, with what evidence, and obeys nothing that a text holds."""

from datetime import UTC, datetime
from io import StringIO

from rich.console import Console

from schemas import Alert, AlertState, CoOccurrence, Rule, RuleRef, Status
from services.alerts.episodes import Bounds
from services.alerts.lifecycle import take
from services.core.settings import KafkaSettings, Settings
from services.local.guide import guide
from services.local.rendering import render_alert
from tests.unit.alerts.examples import cooccurrence, mention

NOW = datetime(2023, 2, 28, 9, tzinfo=UTC)


def shown(renderable: object, *, soft_wrap: bool = False) -> str:
    console = Console(file=StringIO(), width=100, force_terminal=False)
    console.print(renderable, soft_wrap=soft_wrap)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def opened(rule: Rule, found: CoOccurrence) -> Alert:
    ref = RuleRef(id=rule.id, version="1", content=rule)
    (event,) = take(AlertState(), ref, ("ann", "bob"), found, arrived_at=NOW, bounds=Bounds()).events
    return event


def test_an_alert_says_all_that_a_reader_needs() -> None:
    found = cooccurrence(sanctions=[mention("a-1", status=Status.EVADED)])
    panel = shown(render_alert(opened(Rule(id="r-1", name="The rule"), found)))
    for part in ("Ann and Bob", "The rule", "r-1", "in one sentence, 5 characters apart", "Ann met Bob despite"):
        assert part in panel
    assert "sanctions, evaded" in panel
    assert "Example Wire" in panel


def test_what_a_text_holds_is_shown_and_not_obeyed() -> None:
    hostile = cooccurrence().model_copy(
        update={
            "article": cooccurrence().article.model_copy(update={"title": "[red]\x1b[2Jgone[/red]", "source": "x\r\n"})
        }
    )
    panel = shown(render_alert(opened(Rule(id="r", name="[bold]R[/bold]"), hostile)))
    assert "\x1b" not in panel
    assert "[bold]R[/bold]" in panel


def test_commands_to_copy_stand_on_one_line() -> None:
    services = {name: f"http://127.0.0.1:{port}" for name, port in (("ingest", 1), ("processor", 2), ("alerts", 3))}
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:9092", topic_prefix="news.")
    text = shown(guide(kafka, services, Settings.model_construct()), soft_wrap=True)
    assert "  python -m kafka.consumer -b 127.0.0.1:9092 -t news.alerts -C isolation_level=read_committed\n" in text
    assert "UN sanctions on North Korea.' http://127.0.0.1:1/articles\n" in text
