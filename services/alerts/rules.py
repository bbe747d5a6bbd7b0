"""Decide which rules a co-occurrence meets."""

from collections.abc import Iterable
from pathlib import Path

from schemas import ActorMention, ActorSelector, CoOccurrence, Rule, SanctionsCondition, SanctionsMention
from services.core.listing import read_listing


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules that the YAML file at `path` lists under `rules`.

    Raises:
        ListingError: The file cannot be read, is no YAML, or a rule is wrong; names file, line and field.
    """
    return read_listing(path, "rules", Rule)


def matching(rules: Iterable[Rule], cooccurrence: CoOccurrence) -> tuple[Rule, ...]:
    """Return the rules that a co-occurrence meets, in their order."""
    return tuple(rule for rule in rules if _meets(rule, cooccurrence))


def _meets(rule: Rule, cooccurrence: CoOccurrence) -> bool:
    return (
        cooccurrence.scope.width <= rule.scope.width
        and all(actor.score >= rule.min_score for actor in cooccurrence.actors)
        and _selected(rule.actors, cooccurrence.actors)
        and (rule.sanctions is None or any(_fulfils(m, rule.sanctions) for m in cooccurrence.sanctions))
    )


def _selected(selectors: tuple[ActorSelector, ...], pair: tuple[ActorMention, ActorMention]) -> bool:
    first, second = pair
    if len(selectors) == 2:
        one, other = selectors
        return (_picks(one, first) and _picks(other, second)) or (_picks(one, second) and _picks(other, first))
    return all(_picks(selector, first) or _picks(selector, second) for selector in selectors)


def _picks(selector: ActorSelector, actor: ActorMention) -> bool:
    return (
        (not selector.ids or actor.actor_id in selector.ids)
        and (not selector.types or actor.type in selector.types)
        and (not selector.countries or not set(selector.countries).isdisjoint(actor.countries))
        and (not selector.tags or not set(selector.tags).isdisjoint(actor.tags))
    )


def _fulfils(mention: SanctionsMention, condition: SanctionsCondition) -> bool:
    return (
        (not condition.measures or mention.measure in condition.measures)
        and (not condition.statuses or mention.status in condition.statuses)
        and not mention.negated
        and mention.confidence >= condition.min_confidence
    )
