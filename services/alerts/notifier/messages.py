"""Write an alert for people, and as a CloudEvent for programs."""

import re
from collections.abc import Iterator

from pydantic_core import from_json, to_json

from schemas import Alert, AlertKind, Severity
from services.core.headers import TRACEPARENT, format_time

MAX_EVIDENCE = 10
CLOUDEVENT_TYPE = "application/cloudevents+json"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def title_of(alert: Alert) -> str:
    """Return one line, such as a mail's subject: how urgent, who, what has happened."""
    names = [one_line(actor.name) for actor in alert.actors]
    urgency = "" if alert.severity is Severity.INFO else f"[{alert.severity.value}] "
    return f"{urgency}{', '.join(names[:-1])} and {names[-1]}: {alert.kind.value}"


def body_of(alert: Alert) -> str:
    """Return plain text: the summary, the sentences that prove it with their sources, and why it was sent."""
    return "\n".join(_lines(alert))


def evidence_of(alert: Alert) -> Iterator[str]:
    """Yield the sentences that prove it, each once, each with its source and address."""
    seen = set()
    for cooccurrence in alert.cooccurrences:
        article = cooccurrence.article
        quoted = " … ".join(f"“{one_line(span.text)}”" for span in cooccurrence.evidence)
        place = ", ".join(one_line(fact) for fact in (article.source, article.url) if fact)
        told = f"{quoted} ({place})" if place else quoted
        if told not in seen:
            seen.add(told)
            yield told


def address_of(alert: Alert) -> str | None:
    """Return the web address of the article that the newest evidence comes from, if it has one."""
    urls = [each.article.url for each in alert.cooccurrences if each.article.url]
    return next((url for url in reversed(urls) if url.startswith(("http://", "https://"))), None)


def cloudevent(alert: Alert, raw: bytes, traceparent: str | None) -> bytes:
    """Return an event of `alerts` as a structured CloudEvent (1.0, JSON), the same however often it is made.

    Args:
        alert: The event.
        raw: The same as it stands on the topic, which becomes `data`, unknown fields included.
        traceparent: The trace it belongs to.
    """
    envelope = {
        "specversion": "1.0",
        "id": alert.id,
        "source": "/sightline/alerts",
        "type": "sightline.alert.v1",
        "subject": alert.alert_id,
        "time": format_time(alert.raised_at),
        "datacontenttype": "application/json",
        **({TRACEPARENT: traceparent} if traceparent else {}),
        "data": from_json(raw),
    }
    return to_json(envelope)


def one_line(text: str) -> str:
    """Return a text without line breaks and other characters that would be obeyed rather than shown."""
    return _CONTROL.sub(" ", text).strip()


def _lines(alert: Alert) -> Iterator[str]:
    yield one_line(alert.summary)
    evidence = list(evidence_of(alert)) if alert.kind is not AlertKind.RESOLVED else []
    for told in evidence[:MAX_EVIDENCE]:
        yield ""
        yield told
    more = len(evidence[MAX_EVIDENCE:]) + alert.cooccurrences_left_out
    if more:
        yield f"… and {more:,} more"
    yield ""
    counts = f"{alert.article_count:,} articles, {alert.story_count:,} stories"
    yield f"{counts}, {alert.independent_source_count:,} independent sources"
    yield f"rule {one_line(alert.rule.content.name)} ({alert.rule.id}), {alert.severity.value}; alert {alert.alert_id}"
