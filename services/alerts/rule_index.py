"""Find the few rules that some actors may meet, among the many that are in force."""

from collections.abc import Iterable, Sequence

from schemas import Rule, RuleRef


class RuleIndex:
    """Rules by the ids of actors that they cannot do without.

    Most rules of a long list name the actors that they are about: one that does is looked at only where one of these
    stands; one that does not, always.
    """

    def __init__(self, rules: Iterable[RuleRef]) -> None:
        """Take in the rules, whose order stays."""
        self._rules = tuple(rules)
        self._always: list[int] = []
        self._by_actor: dict[str, list[int]] = {}
        for place, rule in enumerate(self._rules):
            needed = needed_actors(rule.content)
            if needed is None:
                self._always.append(place)
            for actor_id in needed or ():
                self._by_actor.setdefault(actor_id, []).append(place)

    def candidates(self, actor_ids: Iterable[str]) -> Sequence[RuleRef]:
        """Return every rule that some of these actors may meet, in the order of all rules."""
        places = set(self._always)
        for actor_id in actor_ids:
            places.update(self._by_actor.get(actor_id, ()))
        return [self._rules[place] for place in sorted(places)]


def needed_actors(rule: Rule) -> frozenset[str] | None:
    """Return ids of which every set of actors that meets the rule holds one; None where it may do without any."""
    choices = [frozenset(selector.ids) for selector in rule.all_of if selector.ids]
    if rule.any_of and all(selector.ids for selector in rule.any_of):
        choices.append(frozenset(each for selector in rule.any_of for each in selector.ids))
    return min(choices, key=len, default=None)
