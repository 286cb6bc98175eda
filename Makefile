# `make` alone explains the targets. Everything is made in .venv/ and build/; `make clean` removes both.

PYTHON ?= $(shell command -v python3.11 || echo python3)
ASK ?=
CASES ?= 50000
CROWD ?=
CROWDS ?= $(or $(CROWD),$(wildcard ../shared/crowd/dev ../shared/crowd/grocery ../shared/crowd/clothing))
KILLS ?= 200
LABELS_EACH ?= 5
MUTANTS ?= 100000
ONCE ?=
ROWS ?= 1000000
SEEDS ?= 3
UPLOADS ?= 100000
WORKERS ?= 2
MODELS ?= $(IMAGEHUB_MODELS)

RUN := .venv/bin
SETTINGS := $(if $(MODELS),IMAGEHUB_MODELS="$(abspath $(MODELS))")

.DEFAULT_GOAL := help
.PHONY: help demo up test check lint mutants bench bench-curation bench-faults bench-import bench-scale bench-training fuzz photos install clean

help: ## explain the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /make \1\t/' | expand -t 20
	@echo
	@echo 'make demo ONCE=1      stops by itself; exit 0 only if everything held'
	@echo 'make demo CROWD=DIR   sends the crowd in DIR instead of the one that ships'
	@echo 'MODELS=DIR            for up, demo and bench: the networks in DIR instead of IMAGEHUB_MODELS'

demo: .venv/hub .venv/java ## run the whole hub, fed by simulated phones, and show what happened
	$(SETTINGS) $(RUN)/python -m deploy.demo $(if $(CROWD),--crowd "$(CROWD)") $(if $(ONCE),--once)

up: .venv/hub .venv/java ## run a hub of your own on this machine, data in ./hub-data
	$(SETTINGS) $(RUN)/imagehub up

test: lint .venv/java .venv/browser ## run all tests, on real parts, after lint
	$(RUN)/pytest --numprocesses $(WORKERS)

check: lint ## lint and unit tests, in about a minute
	$(RUN)/pytest --numprocesses $(WORKERS) tests/unit

lint: .venv/development ## format, lint, types and import contracts
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports

mutants: .venv/development .venv/java ## plant defects in a copy of the tree, one at a time: do the tests find each?
	$(RUN)/python -m tests.mutants

bench: .venv/development .venv/java ## measure speed as ratios; figures in build/figures
	$(SETTINGS) $(RUN)/python -m tests.benchmarks

bench-curation: .venv/development .venv/curation .venv/java ## measure verification on CROWDS="DIR DIR" and SEEDS more like the first, beside other tools
	@test -n "$(CROWDS)" || { echo 'Name crowds whose truth is known: make bench-curation CROWDS="DIR DIR" [SEEDS=3]' >&2; exit 2; }
	$(SETTINGS) $(RUN)/python -m tests.benchmarks.curation $(addprefix --crowd ,$(CROWDS)) --seeds $(SEEDS)

bench-scale: .venv/development ## measure pages and publishing beside 50 rows by id, with PHOTOS=N in the catalogue
	$(RUN)/python -m tests.benchmarks.bench_scale $(if $(PHOTOS),--photos $(PHOTOS))

bench-import: .venv/development ## measure how fast Open Images' tables come in: ROWS photos, LABELS_EACH labels each
	$(RUN)/python -m tests.benchmarks.bench_import --photos $(ROWS) --labels-each $(LABELS_EACH)

bench-faults: .venv/development .venv/java ## UPLOADS small photos against KILLS random kills, half on each profile: is anything lost?
	$(RUN)/python -m tests.benchmarks.faults --uploads $(UPLOADS) --kills $(KILLS)

bench-training: .venv/development .venv/java ## measure training on CROWD=DIR beside plain TensorFlow
	@test -n "$(CROWD)" || { echo 'Name a crowd whose truth is known: make bench-training CROWD=DIR' >&2; exit 2; }
	$(RUN)/python -m tests.benchmarks.training --crowd "$(CROWD)" $(if $(MODELS),--models "$(abspath $(MODELS))")

fuzz: .venv/development ## CASES odd requests to a portal and MUTANTS damaged photos to the decoder: what breaks?
	$(RUN)/python -m tests.fuzz api --cases $(CASES)
	$(RUN)/python -m tests.fuzz wire --cases $(CASES)
	$(RUN)/python -m tests.fuzz photos --cases $(MUTANTS) --workers $(WORKERS)

photos: .venv/studio/ready ## render the sample photos anew, those that are missing; ASK="mug --seed 7 --folder DIR" for others
	.venv/studio/bin/python -m deploy.demo.studio $(ASK)

install: .venv/hub .venv/java ## install the hub in .venv

clean: ## remove what the other targets made; a hub's own data stay
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@command -v $(PYTHON) > /dev/null || { echo 'Python 3.11 is needed: install it, or name one with make PYTHON=...' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/hub: setup.py | .venv/bin/python
	@test -e .venv/development -a .venv/development -nt setup.py || $(RUN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/development: setup.py | .venv/bin/python
	$(RUN)/pip install --quiet --disable-pip-version-check -e '.[development]'
	@touch $@

.venv/curation: setup.py | .venv/bin/python
	$(RUN)/pip install --quiet --disable-pip-version-check -e '.[curation]'
	@touch $@

.venv/studio/ready: deploy/demo/studio/requirements.txt | .venv/bin/python
	$(PYTHON) -m venv .venv/studio
	.venv/studio/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv/java: deploy/system_packages.sh | .venv/bin/python
	deploy/system_packages.sh java
	@touch $@

.venv/browser: deploy/system_packages.sh | .venv/bin/python
	deploy/system_packages.sh browser
	@touch $@
