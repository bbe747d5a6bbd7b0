"""The rights of each role: no more than it needs, under the names of the installation."""

import pytest

from schemas import Topic
from schemas.access import Binding, Operation, Pattern, Resource, Role, list_bindings
from services.alerts.app import TOPICS as ALERTS_TOPICS
from services.alerts.notifier.app import TOPICS as NOTIFIER_TOPICS
from services.cli.dead_letters import GROUP as REPLAY_GROUP
from services.core.access import list_grants, render_arguments
from services.core.settings import Settings
from services.processor.app import TOPICS as PROCESSOR_TOPICS


@pytest.mark.parametrize(
    ("role", "topics"),
    [
        (Role.INGEST, (Topic.ARTICLES,)),
        (Role.PROCESSOR, PROCESSOR_TOPICS),
        (Role.ALERTS, ALERTS_TOPICS),
        (Role.NOTIFIER, NOTIFIER_TOPICS),
    ],
)
def test_a_service_reaches_the_topics_that_it_waits_for_and_no_others(role: Role, topics: tuple[Topic, ...]) -> None:
    assert {*role.access.reads, *role.access.writes} == set(topics)


def test_only_the_operator_creates_topics() -> None:
    assert [role for role in Role if role.access.creates] == [Role.OPERATOR]
    assert Role.OPERATOR.access.creates == tuple(Topic)


def test_the_groups_are_those_of_the_settings() -> None:
    settings = Settings(_env_file=None)
    assert Role.PROCESSOR.access.group == settings.processor.group
    assert Role.ALERTS.access.group == settings.alerts.group
    assert Role.NOTIFIER.access.group == settings.notifier.group
    assert Role.OPERATOR.access.group == REPLAY_GROUP


def test_prefix_and_group_stand_in_every_name() -> None:
    bindings = list(list_bindings(Role.ALERTS, prefix="eu.", group="desk"))
    assert all(binding.name.startswith("eu.") for binding in bindings)
    assert [binding for binding in bindings if binding.resource is not Resource.TOPIC] == [
        Binding(Resource.GROUP, "eu.desk", Pattern.LITERAL, Operation.READ),
        Binding(Resource.GROUP, "eu.desk-corrections", Pattern.LITERAL, Operation.READ),
        Binding(Resource.TRANSACTIONAL_ID, "eu.desk-", Pattern.PREFIX, Operation.WRITE),
    ]


def test_the_lines_are_arguments_of_kafkas_tool() -> None:
    grants = list_grants(Settings(_env_file=None), [Role.NOTIFIER], "User:CN={role},O=A B")
    who = "--add --allow-principal 'User:CN=notifier,O=A B'"
    assert list(render_arguments(grants)) == [
        f"{who} --operation Read --topic alerts --topic alerts.silences --resource-pattern-type literal",
        f"{who} --operation Write --topic notifications --topic alerts.dead-letter --resource-pattern-type literal",
        f"{who} --operation Read --group sightline-notifier- --resource-pattern-type prefixed",
    ]
