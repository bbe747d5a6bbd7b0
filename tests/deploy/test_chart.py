"""The Helm chart installs what Kubernetes takes, what the services read, and what a careful cluster lets in."""

import json
from typing import Any

import pytest
import yaml

from schemas.access import Role, list_bindings
from schemas.cluster import describe_cluster
from schemas.topics import Topic
from services.cli.settings import example_lines
from services.core.settings import Settings
from tests.deploy.charts import CHART, conform, of_kind, refuse, render, run_helm

SERVICES = ("ingest", "processor", "alerts", "notifier")
LOCKED = (
    'kafka={"securityProtocol": "SASL_SSL", "caSecret": "kafka-ca", "topicPrefix": "desk."}',
    'strimzi={"topics": true, "users": true}',
    'keda={"enabled": true}',
    'serviceMonitor={"enabled": true}',
    'prometheusRule={"enabled": true}',
    'ingest={"apiKeySecret": "api", "feeds": ["https://example.org/feed"]}',
    'notifier={"configSecret": "notify"}',
)
DEFAULT, FULL = render(), render(*LOCKED)
WORKLOADS = ("Deployment", "StatefulSet", "Job")


def pods(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: each["spec"]["template"] for name, each in of_kind(documents, *WORKLOADS).items()}


def test_it_passes_lint() -> None:
    done = run_helm("lint", "--strict", ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("documents", [DEFAULT, FULL], ids=["default", "full"])
def test_kubernetes_takes_it(documents: list[dict[str, Any]]) -> None:
    assert conform(documents) == ""
    assert {f"news-sightline-{service}" for service in SERVICES} <= set(of_kind(documents, "Deployment", "StatefulSet"))


def test_strimzi_before_its_first_stable_interface_takes_it() -> None:
    older = render(*LOCKED, 'strimzi.apiVersion="kafka.strimzi.io/v1beta2"')
    assert conform(list(of_kind(older, "KafkaTopic", "KafkaUser").values())) == ""


@pytest.mark.parametrize(
    "kind", ["StatefulSet", "ScaledObject", "TriggerAuthentication", "ServiceMonitor", "PrometheusRule", "KafkaTopic"]
)
def test_kubeconform_finds_what_is_wrong(kind: str) -> None:
    broken = json.loads(json.dumps(FULL))
    next(iter(of_kind(broken, kind).values()))["spec"]["replicaz"] = 2
    assert "replicaz" in conform(broken)


def test_feeds_are_read_by_one_alone() -> None:
    assert "news-sightline-feeds" not in of_kind(DEFAULT, "Deployment")
    found = of_kind(FULL, "Deployment")
    assert found["news-sightline-feeds"]["spec"]["replicas"] == 1
    assert found["news-sightline-feeds"]["spec"]["strategy"] == {"type": "Recreate"}
    readers = [
        name
        for name, pod in pods(FULL).items()
        if any(each["name"] == "SIGHTLINE_INGEST__FEEDS__URLS" for each in pod["spec"]["containers"][0]["env"])
    ]
    assert readers == ["news-sightline-feeds"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("kafka.topicPrefx=1", "topicPrefx"),
        ("services.feeds.replicas=2", "feeds"),
        ("services.ingest.replicas=null", "replicas"),
        ("services.processor.replicas=-1", "replicas"),
        ('kafka.securityProtocol="SASL"', "securityProtocol"),
        ('images.light.digest="latest"', "digest"),
        ('kafka.securityProtocol="SASL_SSL"', "needs kafka.credentials."),
        ("strimzi.users=true", "strimzi.topics"),
        ('keda={"enabled": true, "processor": {"min": 1, "max": 99, "lag": 1}}', "more than kafka.partitions"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(value: str, told: str) -> None:
    assert told in refuse(value)


@pytest.mark.parametrize("documents", [DEFAULT, FULL], ids=["default", "full"])
def test_pods_may_do_as_little_as_they_need(documents: list[dict[str, Any]]) -> None:
    for name, pod in pods(documents).items():
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] == 10001
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
            }  # fmt: skip
            assert container["resources"]["limits"]["memory"]
            assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"]
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            assert mounted == {volume["name"] for volume in spec["volumes"]}


@pytest.mark.parametrize("documents", [DEFAULT, FULL], ids=["default", "full"])
def test_services_are_given_settings_that_there_are_and_asked_where_they_answer(
    documents: list[dict[str, Any]],
) -> None:
    known = {line.lstrip("#").partition("=")[0] for line in example_lines() if "=" in line}
    settings = Settings.model_construct()
    for name, pod in pods(documents).items():
        for container in pod["spec"]["containers"]:
            assert {variable["name"] for variable in container["env"]} <= known, name
            if container["name"] in SERVICES:
                (port,) = container["ports"]
                assert port["containerPort"] == getattr(settings, container["name"]).http.port
                assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
                assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    for name, service in of_kind(documents, "Service").items():
        assert service["spec"]["selector"].items() <= pods(documents)[name]["metadata"]["labels"].items()


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "NetworkPolicy", "ServiceMonitor"])
def test_what_selects_selects_its_service(kind: str) -> None:
    found = of_kind(FULL, kind)
    assert found
    for name, each in found.items():
        spec = each["spec"]
        labels = spec.get("selector", spec.get("podSelector"))["matchLabels"]
        assert labels.items() <= pods(FULL)[name]["metadata"]["labels"].items()


def test_only_ingest_and_notifier_reach_beyond_the_cluster() -> None:
    for name, policy in of_kind(FULL, "NetworkPolicy").items():
        anywhere = {} in policy["spec"]["egress"]
        assert anywhere == name.endswith(("ingest", "feeds", "notifier"))


def test_no_secret_stands_in_the_open() -> None:
    for name, pod in pods(FULL).items():
        for container in pod["spec"]["containers"]:
            for variable in container["env"]:
                if variable["name"].endswith(("PASSWORD", "API_KEY")):
                    assert "secretKeyRef" in variable["valueFrom"], name


def test_alerts_services_have_names_of_their_own() -> None:
    (alerts,) = of_kind(FULL, "StatefulSet").values()
    (container,) = alerts["spec"]["template"]["spec"]["containers"]
    instance = next(each for each in container["env"] if each["name"] == "SIGHTLINE_ALERTS__INSTANCE")
    assert instance["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}


def test_it_scales_by_the_lag_of_the_groups_that_the_services_are_in() -> None:
    settings = Settings.model_construct()
    asked = {name: each["spec"]["triggers"][0]["metadata"] for name, each in of_kind(FULL, "ScaledObject").items()}
    assert asked["news-sightline-processor"]["consumerGroup"] == f"desk.{settings.processor.group}"
    assert asked["news-sightline-alerts"]["consumerGroup"] == f"desk.{settings.alerts.group}"
    assert asked["news-sightline-processor"]["topic"] == Topic.ARTICLES.named("desk.")
    assert asked["news-sightline-alerts"]["topic"] == Topic.ACTORS_COOCCURRENCES.named("desk.")
    for name, each in of_kind(FULL, "ScaledObject").items():
        assert each["spec"]["scaleTargetRef"]["kind"] == of_kind(FULL, "Deployment", "StatefulSet")[name]["kind"]
        assert "replicas" not in of_kind(FULL, "Deployment", "StatefulSet")[name]["spec"]


def test_strimzi_makes_every_topic_and_gives_each_user_its_rights_and_no_more() -> None:
    topics = of_kind(FULL, "KafkaTopic").values()
    assert {each["spec"]["topicName"] for each in topics} == {topic.named("desk.") for topic in Topic}
    users = of_kind(FULL, "KafkaUser")
    assert set(users) == {f"news-sightline-{role.value}" for role in Role}
    for role in Role:
        acls = users[f"news-sightline-{role.value}"]["spec"]["authorization"]["acls"]
        given = {
            (acl["resource"]["type"], acl["resource"]["name"], acl["resource"]["patternType"], operation)
            for acl in acls
            for operation in acl["operations"]
        }
        assert given == {
            (each.resource.value, each.name, each.pattern.value, each.operation.value)
            for each in list_bindings(role, prefix="desk.")
        }


def test_topics_and_rights_in_the_chart_are_those_of_the_code() -> None:
    file = CHART / "files" / "cluster.yaml"
    assert yaml.safe_load(file.read_text("utf-8")) == describe_cluster(), "run `make contract`"


def test_rules_in_the_chart_are_those_of_prometheus() -> None:
    ours = {path.name: path.read_text("utf-8") for path in (CHART.parents[1] / "prometheus" / "rules").glob("*.yml")}
    copies = {path.name: path.read_text("utf-8") for path in (CHART / "files" / "rules").glob("*.yml")}
    assert copies == ours, "run `make contract`"


def test_an_image_can_be_named_by_its_digest() -> None:
    digest = "sha256:" + "a" * 64
    documents = render(f'images.light={{"repository": "registry.example/sightline", "digest": "{digest}"}}')
    (container,) = pods(documents)["news-sightline-ingest"]["spec"]["containers"]
    assert container["image"] == f"registry.example/sightline@{digest}"
