"""Decide which receivers an alert goes to, and by which route."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from services.alerts.notifier.config import Route
from services.alerts.notifier.matchers import Labels, Matcher, all_match, parse_matchers


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes, in the order in which they are tried, with their matchers read."""

    routes: tuple[tuple[Route, tuple[Matcher, ...]], ...]

    @classmethod
    def of(cls, routes: Sequence[Route]) -> Self:
        """Read the matchers of routes."""
        return cls(tuple((route, parse_matchers(route.matchers)) for route in routes))

    def choose(self, labels: Labels) -> dict[str, str]:
        """Return the receivers of an alert with these labels, each with the first route that names it.

        The first route that matches ends the search, unless it says `continue`.
        """
        chosen: dict[str, str] = {}
        for route, matchers in self.routes:
            if not all_match(matchers, labels):
                continue
            for receiver in route.receivers:
                chosen.setdefault(receiver, route.id)
            if not route.continue_:
                break
        return chosen
