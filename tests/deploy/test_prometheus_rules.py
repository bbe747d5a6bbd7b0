"""Every alert fires when it should and not when it should not, asks for what there is, and is explained."""

import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.deploy.exports import TARGET, everything
from tests.deploy.promql import grouping_labels, selectors
from tests.deploy.rule_files import RULE_FILES, TEST_FILES, Rule, alerts, expectations, rules
from tests.integration.prometheus import find_programs

RUNBOOK = "https://github.com/sightline/sightline/blob/main/docs/runbook.md#"
RULES = tuple(rules())
SEVERITIES = {"critical", "warning", "info"}


@pytest.fixture(scope="module")
def promtool() -> str:
    return find_programs().promtool


def run(*command: str | Path) -> str:
    """Return what a command says; fail if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda path: path.name)
def test_promtool_has_nothing_to_object_to(promtool: str, file: Path) -> None:
    run(promtool, "check", "rules", "--lint=all", "--lint-fatal", file)


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda path: path.name)
def test_alerts_fire_when_they_should(promtool: str, file: Path) -> None:
    assert "SUCCESS" in run(promtool, "test", "rules", file)


def test_the_tests_can_fail(promtool: str, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    for file in RULE_FILES:
        text = file.read_text("utf-8").replace("expr: up == 0", "expr: up == 2")
        (tmp_path / "rules" / file.name).write_text(text)
    broken = tmp_path / "tests" / "availability.yml"
    broken.write_text(next(file for file in TEST_FILES if file.name == broken.name).read_text("utf-8"))
    assert subprocess.run([promtool, "test", "rules", broken], capture_output=True, check=False).returncode == 1


def test_each_alert_is_seen_to_fire_and_not_to_fire() -> None:
    seen: dict[str, set[bool]] = defaultdict(set)
    for name, expected in expectations():
        seen[name].add(bool(expected))
    assert seen.keys() == alerts().keys()
    assert [name for name, fires in seen.items() if fires != {True, False}] == []


def test_its_tests_expect_the_labels_and_every_annotation_of_an_alert() -> None:
    said = alerts()
    for name, expected in expectations():
        for alert in expected:
            assert said[name]["labels"].items() <= alert["exp_labels"].items(), name
            assert alert["exp_annotations"].keys() == said[name]["annotations"].keys(), name


@pytest.mark.parametrize(("name", "said"), alerts().items(), ids=alerts())
def test_an_alert_says_how_bad_it_is_what_is_wrong_and_where_to_read_on(name: str, said: dict[str, object]) -> None:
    labels, annotations = said["labels"], said["annotations"]
    assert isinstance(labels, dict)
    assert isinstance(annotations, dict)
    assert labels["severity"] in SEVERITIES
    assert annotations.keys() == {"summary", "description", "runbook_url"}
    assert annotations["runbook_url"] == RUNBOOK + name.lower()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_asks_for_what_the_services_export(rule: Rule) -> None:
    known = everything()
    recorded = {rule.name for rule in RULES if not rule.is_alert}
    asked = dict(selectors(rule.expression))
    assert asked
    there = frozenset[str]()
    for name, labels in asked.items():
        if name not in recorded:
            assert name in known, f"no service exports {name}"
            assert labels <= known[name] | TARGET, f"{name} has no such label"
            there |= known[name]
    if not recorded & asked.keys():
        assert grouping_labels(rule.expression) <= there | TARGET
