"""The rights of `schemas/access.py` under the names of the settings: as Kafka's own tool takes them, or applied."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from shlex import quote

from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType
from kafka.admin import ACLResourcePatternType as PatternType

from schemas.access import Binding, Operation, Pattern, Resource, Role, list_bindings
from services.core.cluster import lend_admin
from services.core.errors import BrokerUnavailable
from services.core.settings import KafkaSettings, Settings

_OPTIONS = {Resource.TOPIC: "--topic", Resource.GROUP: "--group", Resource.TRANSACTIONAL_ID: "--transactional-id"}
_RESOURCES = {
    Resource.TOPIC: ResourceType.TOPIC,
    Resource.GROUP: ResourceType.GROUP,
    Resource.TRANSACTIONAL_ID: ResourceType.TRANSACTIONAL_ID,
}
_PATTERNS = {Pattern.LITERAL: PatternType.LITERAL, Pattern.PREFIX: PatternType.PREFIXED}
_OPERATIONS = {
    Operation.READ: ACLOperation.READ,
    Operation.WRITE: ACLOperation.WRITE,
    Operation.CREATE: ACLOperation.CREATE,
    Operation.DESCRIBE: ACLOperation.DESCRIBE,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user may do.

    Attributes:
        principal: The user as the cluster calls it, such as `User:sightline-ingest`.
        binding: What is allowed.
    """

    principal: str
    binding: Binding


def list_grants(settings: Settings, roles: Iterable[Role], principal: str) -> Iterator[Grant]:
    """Yield what each role may do in the installation that the settings describe.

    Args:
        settings: Give the prefix and the groups.
        roles: Whose rights.
        principal: What users are called, with `{role}` for the role.
    """
    groups = {
        Role.PROCESSOR: settings.processor.group,
        Role.ALERTS: settings.alerts.group,
        Role.NOTIFIER: settings.notifier.group,
    }
    for role in roles:
        name = principal.replace("{role}", role.value)
        for binding in list_bindings(role, prefix=settings.kafka.topic_prefix, group=groups.get(role)):
            yield Grant(name, binding)


def render_arguments(grants: Iterable[Grant]) -> Iterator[str]:
    """Yield the arguments with which `kafka-acls.sh` adds them, one call a line."""
    calls: dict[tuple[str, Resource, Pattern, Operation], list[str]] = defaultdict(list)
    for grant in grants:
        binding = grant.binding
        calls[grant.principal, binding.resource, binding.pattern, binding.operation].append(binding.name)
    for (principal, resource, pattern, operation), names in calls.items():
        things = " ".join(f"{_OPTIONS[resource]} {name}" for name in names)
        kind = _PATTERNS[pattern].name.lower()
        who = quote(principal)
        yield f"--add --allow-principal {who} --operation {operation} {things} --resource-pattern-type {kind}"


def apply_grants(kafka: KafkaSettings, grants: Iterable[Grant]) -> int:
    """Add the rights on the cluster, as somebody who may alter it, and return how many; those it has it keeps.

    Raises:
        BrokerUnavailable: The cluster cannot be reached, has no authorizer, or forbids it.
    """
    acls = [_as_acl(grant) for grant in grants]
    with lend_admin(kafka) as admin:
        failed = admin.create_acls(acls)["failed"]
    if failed:
        msg = f"{kafka.bootstrap_servers} took {len(acls) - len(failed)} of {len(acls)} rights: {failed[0].__name__}"
        raise BrokerUnavailable(msg)
    return len(acls)


def _as_acl(grant: Grant) -> ACL:
    binding = grant.binding
    return ACL(
        principal=grant.principal,
        host="*",
        operation=_OPERATIONS[binding.operation],
        permission_type=ACLPermissionType.ALLOW,
        resource_pattern=ResourcePattern(_RESOURCES[binding.resource], binding.name, _PATTERNS[binding.pattern]),
    )
