"""What the alerts service remembers, folded: a state and a co-occurrence give a new state and the alerts to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from schemas import Alert, AlertState, CoOccurrence, Rule
from services.alerts.raising import raise_alert
from services.alerts.rules import matching
from services.core.identity import alert_key


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from one co-occurrence.

    Attributes:
        alerts: To be written, each under its key.
        states: What changed in the state, by key.
        suppressed: Alerts that had been raised before.
        forgotten: Alert ids dropped because more are known than are remembered.
    """

    alerts: tuple[tuple[str, Alert], ...] = ()
    states: tuple[tuple[str, AlertState], ...] = ()
    suppressed: int = 0
    forgotten: int = 0


def advance(
    state: Mapping[str, AlertState],
    rules: Sequence[Rule],
    cooccurrence: CoOccurrence,
    *,
    raised_at: datetime,
    remembered: int,
) -> Outcome:
    """Return what a co-occurrence changes. The same one a second time changes nothing.

    Args:
        state: By alert key.
        rules: In force.
        cooccurrence: To judge.
        raised_at: The time that new alerts carry.
        remembered: Most alert ids that are kept for a key; the oldest are dropped first.
    """
    outcome = Outcome()
    for rule in matching(rules, cooccurrence):
        key = alert_key(rule.id, [actor.actor_id for actor in cooccurrence.actors])
        known = state.get(key, AlertState()).alert_ids
        alert = raise_alert(rule, cooccurrence, raised_at=raised_at)
        if alert.id in known:
            outcome = replace(outcome, suppressed=outcome.suppressed + 1)
            continue
        kept = (*known, alert.id)[-remembered:]
        outcome = replace(
            outcome,
            alerts=(*outcome.alerts, (key, alert)),
            states=(*outcome.states, (key, AlertState(alert_ids=kept))),
            forgotten=outcome.forgotten + len(known) + 1 - len(kept),
        )
    return outcome
