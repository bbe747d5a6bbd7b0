"""Show an alert to a person at a terminal: who, which rule, how close, the sentence that proves it, the source."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from schemas import Alert, ArticleRef, Party, SanctionsMention, Scope, Severity, Span

_COLOURS = {Severity.INFO: "cyan", Severity.WARNING: "yellow", Severity.CRITICAL: "red"}
_WHERE = {
    Scope.SENTENCE: "in one sentence",
    Scope.PARAGRAPH: "in one paragraph",
    Scope.ARTICLE: "in one article",
}
_ACTOR = "bold reverse"
_TRIGGER = "underline"
# What a terminal would obey rather than show. Each is replaced by one character, so that offsets stay right.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def render_alert(alert: Alert) -> RenderableType:
    """Return an alert as a panel; nothing in it is taken for markup or for an order to the terminal."""
    first, second = alert.actors
    colour = _COLOURS[alert.severity]
    title = Text.assemble((f" {alert.severity.value} ", f"{colour} reverse"), f" {_plain(first.name)}", " and ")
    title.append(f"{_plain(second.name)} ")
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
    apart = "" if alert.distance is None else f", {alert.distance} characters apart"
    yield Text.assemble(("rule      ", "dim"), _plain(alert.rule.name), (f"  {_plain(alert.rule.id)}", "dim"))
    yield Text.assemble(("close     ", "dim"), f"{_WHERE[alert.scope]}{apart}")
    for evidence in alert.evidence:
        yield Text.assemble(("evidence  ", "dim"), _marked(evidence, alert))
    for mention in alert.sanctions:
        yield Text.assemble(("sanctions ", "dim"), render_sanctions(mention))
    yield Text.assemble(("source    ", "dim"), _source(alert.article))


def _marked(evidence: Span, alert: Alert) -> Text:
    """Return the evidence with the actors and what names the measures marked."""
    shown = Text(_plain(evidence.text))
    triggers = [mention.trigger for mention in alert.sanctions]
    for style, spans in ((_TRIGGER, triggers), (_ACTOR, alert.actors)):
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
