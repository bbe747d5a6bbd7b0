"""Helm and kubeconform, and what they make of our chart."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from services.core.settings import load_settings
from services.local.fetch import cache_dir
from tests.conftest import CHECKOUT

CHART = CHECKOUT / "deploy" / "helm" / "sightline"
# Built from source by Go, whose proxy is reached like any other registry of packages.
HELM = "helm.sh/helm/v3/cmd/helm@v3.18.6"
KUBERNETES = "1.37.0"
KINDS = (
    "deployment-apps-v1",
    "job-batch-v1",
    "networkpolicy-networking-v1",
    "poddisruptionbudget-policy-v1",
    "service-v1",
    "statefulset-apps-v1",
)
# Of resources that Strimzi, KEDA and the Prometheus operator define; the README there says from where.
CUSTOM = Path(__file__).parent / "data" / "crds"
KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"


@cache
def program(module: str) -> str:
    """Return a program of a Go module: that of a wheel, the one built before, or one built now, which takes minutes."""
    name = module.partition("@")[0].rpartition("/")[2]
    of_wheel = Path(sys.executable).with_name(name)
    if of_wheel.exists():
        return str(of_wheel)
    folder = cache_dir(load_settings(find_local=False).local) / "go" / module.rpartition("@")[2]
    built = folder / name
    if built.exists():
        return str(built)
    go = shutil.which("go", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/go/bin"]))
    if go is None:
        found = shutil.which(name)
        if found is None:
            pytest.fail(f"neither {name} nor Go, which builds it, is here: install one of them")
        return found
    subprocess.run([go, "install", module], env={**os.environ, "GOBIN": str(folder)}, check=True, capture_output=True)
    return str(built)


def run_helm(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Helm on the chart."""
    return subprocess.run([program(HELM), *arguments], cwd=CHART, capture_output=True, text=True, check=False)


def render(*values: str, name: str = "news") -> list[dict[str, Any]]:
    """Return what would be installed with these values, each as `--set-json` takes it."""
    done = run_helm("template", name, ".", "--namespace", "press", "--kube-version", KUBERNETES, *_options(values))
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def refuse(*values: str) -> str:
    """Return why these values are refused."""
    done = run_helm("template", "news", ".", "--kube-version", KUBERNETES, *_options(values))
    assert done.returncode != 0, "they are taken"
    return done.stderr


def _options(values: Sequence[str]) -> list[str]:
    return [option for value in values for option in ("--set-json", value)]


def of_kind(documents: Sequence[dict[str, Any]], *kinds: str) -> dict[str, dict[str, Any]]:
    """Return the documents of some kinds, by name."""
    return {each["metadata"]["name"]: each for each in documents if each["kind"] in kinds}


def conform(documents: Sequence[dict[str, Any]]) -> str:
    """Return what kubeconform says against the schemas of Kubernetes and of operators; nothing where all is well."""
    locations = [f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json" for folder in (_schemas(), CUSTOM)]
    where = [option for location in locations for option in ("-schema-location", location)]
    done = subprocess.run(
        [program(KUBECONFORM), "-strict", *where],
        input=yaml.safe_dump_all(documents), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


@cache
def _schemas() -> Path:
    """Return the folder of the schemas, each made whole: kubeconform does not follow references to other files."""
    shipped = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{KUBERNETES}-local-strict"
    folder = cache_dir(load_settings(find_local=False).local) / f"kubernetes-{KUBERNETES}"
    if not folder.exists():
        making = folder.with_name(f"{folder.name}.{os.getpid()}")
        making.mkdir(parents=True)
        definitions = _read_schema(shipped / "_definitions.json")["$defs"]
        for kind in KINDS:
            schema = _read_schema(shipped / f"{kind}.json")
            (making / f"{kind}.json").write_text(json.dumps({**schema, "$defs": definitions}), "utf-8")
        making.rename(folder)
    return folder


def _read_schema(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text("utf-8").replace('"/api/_definitions.json#', '"#'))
    return schema
