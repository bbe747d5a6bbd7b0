"""`sightline watchlist block`, `allow`, `undo` and `decisions`: what an analyst knows of single names."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas import NameDecision, Topic, Verdict
from services.cli.user import user_name
from services.core.cluster import ensure_topics, require_cluster
from services.core.codec import encode
from services.core.errors import ConfigurationError
from services.core.identity import decision_key
from services.core.settings import load_settings
from services.watchlist.actors_topic import read_decisions, read_watchlist_in_force, write_watchlist
from services.watchlist.folding import plain

ActorId = Annotated[str, typer.Argument(metavar="ACTOR", help="Its id, as `search` shows it.")]
NameText = Annotated[str, typer.Argument(metavar="NAME", help="As the list spells it, or as it stands in the news.")]
Comment = Annotated[str, typer.Option(help="Why.")]
Author = Annotated[str | None, typer.Option(help="Who decides; else the user's name here.")]


def block(actor: ActorId, name: NameText, *, comment: Comment = "", author: Author = None) -> None:
    """Never take a name for an actor's again, at once and in every running processor.

    Example: sightline watchlist block ofac-13126 "The Doctor" --comment "a television series"
    """
    _decide(actor, name, Verdict.BLOCK, comment, author)


def allow(actor: ActorId, name: NameText, *, comment: Comment = "", author: Author = None) -> None:
    """Take a name for an actor's wherever it stands, also where its setting does not speak for it.

    Example: sightline watchlist allow ofac-8759 ISIS
    """
    _decide(actor, name, Verdict.ALLOW, comment, author)


def undo(actor: ActorId, name: NameText) -> None:
    """Undo what was decided of a name.

    Example: sightline watchlist undo ofac-13126 "The Doctor"
    """
    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.WATCHLIST_ACTORS])
    key = decision_key(actor, plain(name))
    if key not in read_decisions(kafka):
        msg = f"nothing is decided of {name!r} for `{actor}`; see `sightline watchlist decisions`"
        raise ConfigurationError(msg)
    write_watchlist(kafka, {key: None})
    typer.echo(f"undone: {name} of {actor}")


def decisions(*, json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Print what was decided of names.

    Example: sightline watchlist decisions
    """
    kafka = load_settings().kafka
    require_cluster(kafka, [Topic.WATCHLIST_ACTORS])
    decided = sorted(read_decisions(kafka).values(), key=lambda each: (each.actor_id, each.name))
    table = Table("actor", "name", "verdict", "author", "at", "comment")
    for each in decided:
        if json:
            typer.echo(each.model_dump_json())
            continue
        cells = (
            each.actor_id,
            each.name,
            each.verdict,
            each.author,
            f"{each.decided_at:%Y-%m-%d %H:%M} UTC",
            each.comment,
        )
        table.add_row(*map(escape, cells))
    if not json:
        Console().print(table) if decided else typer.echo("no decisions")


def _decide(actor: str, name: str, verdict: Verdict, comment: str, author: str | None) -> None:
    kafka = load_settings().kafka
    ensure_topics(kafka, [Topic.WATCHLIST_ACTORS])
    if actor not in read_watchlist_in_force(kafka):
        msg = f"nobody on the watchlist has the id {actor!r}; see `sightline watchlist search`"
        raise ConfigurationError(msg)
    decision = NameDecision(
        actor_id=actor,
        name=name,
        verdict=verdict,
        author=author or user_name(),
        comment=comment,
        decided_at=datetime.now(UTC),
    )
    write_watchlist(kafka, {decision_key(actor, plain(name)): encode(decision)})
    typer.echo(f"{verdict}: {name} of {actor}")
