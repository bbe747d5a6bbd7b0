"""Decide an alert anew from one of its events alone, and say why it was raised."""

import json
from dataclasses import asdict, dataclass

from schemas import Alert, AlertKind, AlertState, CoOccurrence
from services.alerts.episodes import Bounds
from services.alerts.lifecycle import take
from services.alerts.rules import actor_sets
from services.core.identity import content_version

_ALL = Bounds(articles=1000, stories=1000, evidence=1000)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an event was raised.

    Attributes:
        event_id: The event.
        kind: What had happened.
        rule: Id of the rule and its version.
        summary: One sentence.
        findings: What was looked at, one sentence each.
        agrees: Whether deciding anew comes out the same.
    """

    event_id: str
    kind: str
    rule: str
    summary: str
    findings: tuple[str, ...]
    agrees: bool

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def as_text(self) -> str:
        """Some lines for people."""
        verdict = "decided anew from this event alone: the same" if self.agrees else "decided anew: NOT the same"
        lines = [f"{self.summary}", f"  event {self.event_id} ({self.kind}), rule {self.rule}", *self.findings, verdict]
        return "\n".join(lines[:2] + [f"  {line}" for line in lines[2:]]) + "\n"


def explain_event(alert: Alert) -> Explanation:
    """Return why an event was raised; nothing but the event is looked at."""
    findings, agrees = [], True
    version = content_version(alert.rule.content.model_dump_json())
    if version != alert.rule.version:
        findings.append(f"the rule's content has version {version}, not {alert.rule.version}")
        agrees = False
    for found in alert.cooccurrences:
        met, told = _evidence(alert, found)
        findings += told
        agrees = agrees and met
    if alert.kind is AlertKind.OPENED:
        met, said = _opening(alert)
        findings.append(said)
        agrees = agrees and met
    elif alert.resolution is not None:
        after = f"resolve_after is {alert.rule.content.resolve_after}, the last article was of {alert.last_seen}"
        findings.append(f"resolved at {alert.raised_at}: {alert.resolution.value.replace('_', ' ')}; {after}")
    return Explanation(
        alert.id, alert.kind.value, f"{alert.rule.id} {alert.rule.version}", alert.summary, tuple(findings), agrees
    )


def _evidence(alert: Alert, found: CoOccurrence) -> tuple[bool, list[str]]:
    wanted = tuple(actor.actor_id for actor in alert.actors)
    named = {actor.actor_id: actor for actor in (*found.others, *found.actors)}
    met = wanted in [tuple(a.actor_id for a in actors) for actors in actor_sets(alert.rule.content, found)]
    who = ", ".join(
        f"{named[each].name} as “{named[each].text}” ({named[each].method.value} {named[each].score:.2f})"
        for each in wanted
        if each in named
    )
    apart = "" if found.distance is None else f" {found.distance} characters apart"
    told = [
        f"{'meets' if met else 'does NOT meet'} the rule: {found.article.id}, {found.scope}{apart}: {who}",
        *(f"  {span.field.value}[{span.start}:{span.end}] “{span.text}”" for span in found.evidence),
        *(
            f"  sanctions: {mention.measure.value}, {mention.status.value}, confidence {mention.confidence:.2f}"
            for mention in found.sanctions
        ),
    ]
    return met, told


def _opening(alert: Alert) -> tuple[bool, str]:
    """Whether the evidence is enough to open the alert, and would not be without its last article."""
    ids, rule = tuple(actor.actor_id for actor in alert.actors), alert.rule
    state, opened = AlertState(), 0
    for cooccurrence in alert.cooccurrences:
        step = take(state, rule, ids, cooccurrence, arrived_at=alert.raised_at, bounds=_ALL)
        state, opened = step.state, opened + len(step.events)
    wanted = f"{rule.content.min_stories} stories and {rule.content.min_sources} sources are asked for"
    if alert.cooccurrences_left_out:
        return True, f"{wanted}; some of the evidence was left out, so that this cannot be decided anew"
    said = f"{alert.story_count} stories from {alert.independent_source_count} sources; {wanted}"
    return opened == 1, said
