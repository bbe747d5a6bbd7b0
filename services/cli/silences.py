"""`sightline silences`: keep matching alerts from notifying anybody for a while."""

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas import Silence, Topic
from schemas.base import Duration, Moment
from services.cli.user import user_name
from services.core.cluster import ensure_topics, require_cluster
from services.core.errors import ConfigurationError
from services.core.following import CompactedTopic
from services.core.settings import KafkaSettings, load_settings

if TYPE_CHECKING:
    from services.alerts.notifier.silencing import ReadSilence


def create_cli() -> typer.Typer:
    """Return the subcommands."""
    cli = typer.Typer(help="Silences: alerts go on, but notify nobody.", no_args_is_help=True)
    cli.command()(add)
    cli.command("list")(show)
    cli.command()(expire)
    return cli


def add(
    matchers: Annotated[list[str], typer.Argument(help="Such as rule=same-sentence or actor=~'putin|xi-.*'.")],
    *,
    comment: Annotated[str, typer.Option(help="Why.")],
    author: Annotated[str | None, typer.Option(help="Who silences; else the user's name here.")] = None,
    duration: Annotated[str | None, typer.Option("--for", help="How long from its start, such as 2h or 3d.")] = None,
    until: Annotated[str | None, typer.Option(help="Until when, ISO 8601; without a zone: UTC.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="From when, ISO 8601; else now.")] = None,
) -> None:
    """Silence the alerts that all matchers match, and print the silence's id.

    Example: sightline silences add rule=same-sentence actor=vladimir-putin --comment "summit" --for 2h
    """
    silence = _make(matchers, author or user_name(), comment, start=start, duration=duration, until=until)
    from services.alerts.notifier.silences_topic import write_silence  # noqa: PLC0415 - only where it is used

    kafka = load_settings().kafka
    ensure_topics(kafka, [Topic.ALERTS_SILENCES])
    write_silence(kafka, silence)
    typer.echo(silence.id)


def show(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print the silences that are in force or to come.

    Example: sightline silences list
    """
    now = datetime.now(UTC)
    silences = sorted((each.silence for each in silences_now(load_settings().kafka)), key=lambda each: each.ends_at)
    table = Table("id", "state", "until", "matchers", "author", "comment")
    shown = [silence for silence in silences if everything or silence.ends_at > now]
    for silence in shown:
        if json:
            typer.echo(silence.model_dump_json())
            continue
        state = "ended" if silence.ends_at <= now else "in force" if silence.starts_at <= now else "to come"
        until = f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"
        cells = (silence.id, state, until, " ".join(silence.matchers), silence.author, silence.comment)
        table.add_row(*map(escape, cells))
    if not json:
        Console().print(table) if shown else typer.echo("no silences")


def expire(
    identity: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Remove it, instead of ending it now.")] = False,
) -> None:
    """End a silence now: matching alerts notify again.

    Example: sightline silences expire 6f1c2a90
    """
    from services.alerts.notifier.silences_topic import write_silence  # noqa: PLC0415 - only where it is used

    kafka = load_settings().kafka
    silences = {each.silence.id: each.silence for each in silences_now(kafka)}
    if identity not in silences:
        msg = f"no silence {identity!r}; see `sightline silences list --all`"
        raise ConfigurationError(msg)
    silence, now = silences[identity], datetime.now(UTC)
    if forget or silence.starts_at > now:
        write_silence(kafka, silence, remove=True)
    elif silence.ends_at > now:
        write_silence(kafka, silence.model_copy(update={"ends_at": now}))
    typer.echo(f"expired {identity}")


def silences_now(kafka: KafkaSettings) -> list["ReadSilence"]:
    """Return the silences that the topic holds; what is none is named on standard error and passed over.

    Raises:
        BrokerUnavailable: The topic could not be read.
    """
    from services.alerts.notifier.silences_topic import read_silences  # noqa: PLC0415 - only where it is used

    require_cluster(kafka, [Topic.ALERTS_SILENCES])
    topic = CompactedTopic(kafka, Topic.ALERTS_SILENCES)
    topic.close()
    return read_silences(
        topic.values,
        lambda key, problem: typer.echo(f"passed over {key.decode(errors='replace')}: {problem}", err=True),
    )


def _make(
    matchers: list[str], author: str, comment: str, *, start: str | None, duration: str | None, until: str | None
) -> Silence:
    from services.alerts.notifier.silencing import read_silence  # noqa: PLC0415 - only where it is used

    if (duration is None) == (until is None):
        raise typer.BadParameter("give --for or --until, and one of them only")
    try:
        starts_at = datetime.now(UTC) if start is None else TypeAdapter[datetime](Moment).validate_python(start)
        if duration is not None:
            ends_at = starts_at + TypeAdapter(Duration).validate_python(duration)
        else:
            ends_at = TypeAdapter[datetime](Moment).validate_python(until)
        silence = Silence(
            id=uuid.uuid4().hex[:8],
            matchers=tuple(matchers),
            author=author,
            comment=comment,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        return read_silence(silence).silence
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error)) from error
