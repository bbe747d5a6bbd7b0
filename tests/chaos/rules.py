"""Rules under which the made-up news open, update, repeat and resolve alerts."""

from datetime import timedelta

from schemas.extraction import Scope
from schemas.rule import Rule, SanctionsCondition, Severity

RULES = (
    Rule(
        id="chaos-pair",
        name="Two watched actors in one sentence",
        group_interval=timedelta(minutes=30),
        repeat_interval=timedelta(hours=6),
        resolve_after=timedelta(hours=12),
    ),
    Rule(
        id="chaos-stories",
        name="Three stories from two sources within three hours",
        severity=Severity.WARNING,
        scope=Scope.ARTICLE,
        min_stories=3,
        min_sources=2,
        window=timedelta(hours=3),
        group_interval=timedelta(hours=1),
        resolve_after=timedelta(hours=6),
    ),
    Rule(
        id="chaos-sanctions",
        name="Two watched actors in a sentence that speaks of sanctions",
        severity=Severity.CRITICAL,
        sanctions=SanctionsCondition(),
        group_interval=timedelta(minutes=10),
        resolve_after=timedelta(hours=8),
    ),
)
