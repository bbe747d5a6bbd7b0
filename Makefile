.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_ARGS ?=
TEST_ARGS ?=
EVAL_ARGS ?=
BENCH_ARGS ?=
CHAOS_ARGS ?=
FUZZ_ARGS ?=

.PHONY: help setup run test check eval train yardstick bench chaos fuzz audit sbom format unit contract freeze dashboards pictures lock clean

help: ## Show what there is to do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Install everything into .venv and fetch the broker (run and test do this by themselves)
	@$(BIN)/sightline local fetch

$(VENV)/.installed: requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Sightline needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 …" if sys.version_info < (3, 11) else 0)'
	@echo "Installing into $(VENV) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## Start broker and services, publish the seeds, print alerts (RUN_ARGS=--once: exit after them)
	@exec $(BIN)/sightline up $(RUN_ARGS)

test: setup ## Run every test, those against the real broker included
	@$(BIN)/python -m pytest $(TEST_ARGS)

check: $(VENV)/.installed ## Format check, lint, types, import rules, unit and contract tests: what you run all day
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/unit tests/contract

eval: $(VENV)/.installed ## Measure accuracy on every label there is, part by part (EVAL_ARGS=--help tells what else)
	@$(BIN)/python -m tests.eval $(EVAL_ARGS)

train: $(VENV)/.installed ## Train the models that weigh what the rules read; print cross-validated figures (under a minute)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.eval.training

yardstick: ## Install what `make eval` compares names with: nomenklatura (its ICU is compiled: needs libicu-dev, pkg-config and g++)
	@$(PYTHON) -m venv .sightline/yardstick
	@.sightline/yardstick/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-yardstick.txt

bench: $(VENV)/.installed ## Race extraction against spaCy on one thread; measure memory and long articles (BENCH_ARGS=--help)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 BLIS_NUM_THREADS=1 $(BIN)/python -m tests.bench $(BENCH_ARGS)

chaos: setup ## Kill workers and brokers under load and compare every alert event with a clean run (CHAOS_ARGS=--help)
	@$(BIN)/python -m tests.chaos $(CHAOS_ARGS)
	@SIGHTLINE_CHAOS_AWAY_S=60 $(BIN)/python -m pytest -q tests/chaos/test_faults.py

fuzz: $(VENV)/.installed ## Feed a million malformed inputs to all that reads what others wrote (FUZZ_ARGS=--help)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

audit: $(VENV)/.installed ## Look up known weaknesses of every locked package (asks pypi.org; fails where it cannot)
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.txt -r requirements-dev.txt

sbom: $(VENV)/.installed ## Write the bill of materials, CycloneDX, from the lock file: dist/sbom.cdx.json
	@mkdir -p dist
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file dist/sbom.cdx.json requirements.txt

format: $(VENV)/.installed ## Format and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

contract: $(VENV)/.installed ## Write docs/contract, .env.example and the chart's topics and rights anew from models and settings
	@$(BIN)/python -m schemas.contract docs/contract
	@$(BIN)/python -m schemas.cluster deploy/helm/sightline/files/cluster.yaml
	@mkdir -p deploy/helm/sightline/files/rules && cp deploy/prometheus/rules/*.yml deploy/helm/sightline/files/rules/
	@$(BIN)/sightline settings --example > .env.example

freeze: $(VENV)/.installed ## Keep what this version promises as released: a step of a release (CONTRIBUTING.md)
	@$(BIN)/python -m tests.contract.freeze

dashboards: $(VENV)/.installed ## Write deploy/grafana/dashboards anew from dashboards.yaml
	@$(BIN)/python -m deploy.grafana.build

pictures: setup ## Run everything under load for four minutes, and draw the dashboards from what Prometheus saw
	@$(BIN)/python -m tests.deploy.pictures

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q

lock: ## Write all requirements*.txt anew (needs uv)
	$(LOCK) pyproject.toml --all-extras -o requirements.txt
	$(LOCK) pyproject.toml --all-extras --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) pyproject.toml --extra tracing -c requirements.txt -o requirements-light.txt
	$(LOCK) pyproject.toml --extra extraction --extra tracing -c requirements.txt -o requirements-processor.txt
	$(LOCK) --group build -c requirements-dev.txt -o requirements-build.txt
	$(LOCK) --group yardstick -o requirements-yardstick.txt

clean: ## Remove the environment and the local broker's data
	rm -rf $(VENV) .sightline
