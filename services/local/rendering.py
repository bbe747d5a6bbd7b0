"""Show an alert to a person at a terminal: who, which rule, how close, the sentence that proves it, the source."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from schemas import Alert, AlertStatus, ArticleRef, CoOccurrence, Party, SanctionsMention, Scope, Severity, Span

_COLOURS = {Severity.INFO: "cyan", Severity.WARNING: "yellow", Severity.CRITICAL: "red"}
_WHERE = {
    Scope.SENTENCE: "in one sentence",
    Scope.PARAGRAPH: "in one paragraph",
    Scope.ARTICLE: "in one article",
}
_SHOWN = 3  # co-occurrences of an event
_ACTOR = "bold reverse"
_TRIGGER = "underline"
# What a terminal would obey rather than show. Each is replaced by one character, so that offsets stay right.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def render_alert(alert: Alert) -> RenderableType:
    """Return an event of an alert as a panel; nothing in it is taken for markup or for an order to the terminal."""
    colour = "green" if alert.status is AlertStatus.RESOLVED else _COLOURS[alert.severity]
    names = [_plain(actor.name) for actor in alert.actors]
    title = Text.assemble((f" {alert.severity.value} ", f"{colour} reverse"), f" {alert.kind.value}: ")
    title.append(f"{', '.join(names[:-1])} and {names[-1]} ")
    return Panel(Group(*_lines(alert)), title=title, title_align="left", border_style=colour, padding=(0, 1))


def render_sanctions(mention: SanctionsMention) -> Text:
    """Return who sanctions whom with what, and where that stands, as one line."""
    said = Text()
    said.append(_names(mention.senders) or "(sender not stated)", "bold")
    said.append(" → ")
    said.append(_names(mention.targets) or "(target not stated)", "bold")
    measure = mention.measure.value.replace("_", " ")
    said.append(f": {measure}, {'not ' if mention.negated else ''}{mention.status.value}")
    others = _names(mention.parties)
    return said.append(f" (by {others})") if others else said


def _lines(alert: Alert) -> Iterator[Text]:
    yield Text.assemble(("rule      ", "dim"), _plain(alert.rule.content.name), (f"  {_plain(alert.rule.id)}", "dim"))
    if alert.resolution is not None:
        yield Text.assemble(("resolved  ", "dim"), alert.resolution.value.replace("_", " "))
    if alert.article_count > 1:
        told = f"{alert.article_count} articles, {alert.story_count} stories, {len(alert.sources)} sources"
        yield Text.assemble(("so far    ", "dim"), f"{told} since {alert.first_seen:%Y-%m-%d %H:%M UTC}")
    for cooccurrence in alert.cooccurrences[:_SHOWN]:
        yield from _evidence(cooccurrence)
    more = len(alert.cooccurrences) - _SHOWN + alert.cooccurrences_left_out
    if more > 0:
        yield Text.assemble(("          ", "dim"), f"and {more} more")


def _evidence(found: CoOccurrence) -> Iterator[Text]:
    apart = "" if found.distance is None else f", {found.distance} characters apart"
    yield Text.assemble(("close     ", "dim"), f"{_WHERE[found.scope]}{apart}")
    for evidence in found.evidence:
        yield Text.assemble(("evidence  ", "dim"), _marked(evidence, found))
    for mention in found.sanctions:
        yield Text.assemble(("sanctions ", "dim"), render_sanctions(mention))
    yield Text.assemble(("source    ", "dim"), _source(found.article))


def _marked(evidence: Span, found: CoOccurrence) -> Text:
    """Return the evidence with the actors and what names the measures marked."""
    shown = Text(_plain(evidence.text))
    triggers = [mention.trigger for mention in found.sanctions]
    for style, spans in ((_TRIGGER, triggers), (_ACTOR, (*found.actors, *found.others))):
        for span in spans:
            if span.field == evidence.field and evidence.start <= span.start and span.end <= evidence.end:
                shown.stylize(style, span.start - evidence.start, span.end - evidence.start)
    return shown


def _source(article: ArticleRef) -> str:
    published = article.published_at.strftime("%Y-%m-%d %H:%M UTC") if article.published_at else None
    known = [article.source, article.title, article.url, published]
    return " · ".join(_plain(fact) for fact in known if fact) or article.id


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(_plain(party.name or party.text) for party in parties)


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)
