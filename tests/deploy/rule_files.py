"""The rules of Prometheus and their tests, read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.conftest import CHECKOUT

RULES = CHECKOUT / "deploy" / "prometheus" / "rules"
TESTS = CHECKOUT / "deploy" / "prometheus" / "tests"
RULE_FILES = tuple(sorted(RULES.glob("*.yml")))
TEST_FILES = tuple(sorted(TESTS.glob("*.yml")))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `record` or `alert` is its name."""

    said: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.said.get("alert") or self.said["record"])

    @property
    def is_alert(self) -> bool:
        return "alert" in self.said

    @property
    def expression(self) -> str:
        return str(self.said["expr"])


def rules() -> Iterator[Rule]:
    """Yield every rule of every file."""
    for file in RULE_FILES:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            yield from (Rule(said) for said in group["rules"])


def alerts() -> dict[str, dict[str, Any]]:
    """Return what is said of each alert, by its name."""
    return {rule.name: rule.said for rule in rules() if rule.is_alert}


def expectations() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each alert that a promtool test looks at, with those it expects: none, or with their labels and words."""
    for file in TEST_FILES:
        for test in yaml.safe_load(file.read_text("utf-8"))["tests"]:
            for look in test["alert_rule_test"]:
                yield look["alertname"], look["exp_alerts"]
