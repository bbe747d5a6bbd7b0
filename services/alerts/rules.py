"""Decide which rules a co-occurrence meets, and with which actors."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, permutations
from pathlib import Path

from schemas import ActorMention, ActorSelector, CoOccurrence, NearbyActor, Rule, SanctionsCondition, SanctionsMention
from schemas import Scope as Closeness
from services.core.listing import read_listing

Actors = tuple[ActorMention, ...]


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules that the YAML file at `path` lists under `rules`.

    Raises:
        ListingError: The file cannot be read, is no YAML, or a rule is wrong; names file, line and field.
    """
    return read_listing(path, "rules", Rule)


def actor_sets(rule: Rule, cooccurrence: CoOccurrence) -> Iterator[Actors]:
    """Yield each set of actors, sorted by id, with which a co-occurrence meets a rule.

    Of a rule for more than two actors, each set is found from one co-occurrence alone: that of its two smallest ids.
    """
    if cooccurrence.scope.width > rule.scope.width:
        return
    for actors in _candidates(rule, cooccurrence):
        if (
            all(actor.score >= rule.min_score for actor in actors)
            and _are_selected(rule, actors)
            and (rule.sanctions is None or any(_fulfils(m, rule.sanctions, actors) for m in cooccurrence.sanctions))
        ):
            yield actors


def _candidates(rule: Rule, cooccurrence: CoOccurrence) -> Iterator[Actors]:
    more = len(rule.all_of) - 2
    if more <= 0:
        yield cooccurrence.actors
        return
    last = cooccurrence.actors[-1].actor_id
    others = sorted(
        (other for other in cooccurrence.others if other.actor_id > last and other.scope.width <= rule.scope.width),
        key=lambda other: other.actor_id,
    )
    for chosen in combinations(others, more):
        if _stand_together(rule.scope, chosen):
            yield (*cooccurrence.actors, *chosen)


def _stand_together(scope: Closeness, others: Sequence[NearbyActor]) -> bool:
    return scope is Closeness.ARTICLE or len({(other.field, other.place) for other in others}) == 1


def _are_selected(rule: Rule, actors: Actors) -> bool:
    return (
        (not rule.any_of or any(_picks(selector, actor) for selector in rule.any_of for actor in actors))
        and not any(_picks(selector, actor) for selector in rule.none_of for actor in actors)
        and _each_has_one(rule.all_of, actors)
    )


def _each_has_one(selectors: Sequence[ActorSelector], actors: Actors) -> bool:
    return any(
        all(_picks(selector, actor) for selector, actor in zip(selectors, order, strict=True))
        for order in permutations(actors, len(selectors))
    )


def _picks(selector: ActorSelector, actor: ActorMention) -> bool:
    return (
        (not selector.ids or actor.actor_id in selector.ids)
        and (not selector.types or actor.type in selector.types)
        and (not selector.countries or not set(selector.countries).isdisjoint(actor.countries))
        and (not selector.tags or not set(selector.tags).isdisjoint(actor.tags))
        and (not selector.lists or not set(selector.lists).isdisjoint(actor.lists))
    )


def _fulfils(mention: SanctionsMention, condition: SanctionsCondition, actors: Actors) -> bool:
    senders = {party.actor_id for party in mention.senders}
    targets = {party.actor_id for party in mention.targets}
    return (
        (not condition.measures or mention.measure in condition.measures)
        and (not condition.statuses or mention.status in condition.statuses)
        and (not condition.senders or not senders.isdisjoint(condition.senders))
        and (not condition.targets or not targets.isdisjoint(condition.targets))
        and (not condition.between_actors or _is_between(senders, targets, [actor.actor_id for actor in actors]))
        and not mention.negated
        and mention.confidence >= condition.min_confidence
    )


def _is_between(senders: Iterable[str | None], targets: Iterable[str | None], actors: Sequence[str]) -> bool:
    return any(sender in senders and target in targets for sender, target in permutations(actors, 2))
