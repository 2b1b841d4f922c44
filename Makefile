# Needs make and Python 3.11 or later; everything else goes into .venv.
#   make demo      solve configs/chongqing.yaml, print the plan and write the report
#   make test      tests without the slow ones        make test-all   all tests
#   make check     format, lint, types, tests         make format     format and fix
#   make bench     measure, write bench/RESULTS.md    make docs       docs/config.md from the schema
#   make site      the documentation as a site, in build/site
#   make chromium  the browser of the tests, where the system has apt-get
#   make goldens   golden linear programs anew        make picture    the pictures in README.md
#   make bench-tools  the same problem in other tools, write bench/RESULTS-tools.md
#   make fuzz      random faulty inputs for ten minutes, or MINUTES=60
#   make clean     remove .venv, caches and plans

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check format bench bench-tools docs site picture goldens fuzz chromium clean

help:
	@sed -n 's/^#  //p' Makefile

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "computeplan needs Python 3.11 or later on the PATH (or make PYTHON=/path/to/python)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# One stamp for what running needs, one for what developing needs: a second run installs nothing.
$(VENV)/run.stamp: pyproject.toml | $(BIN)/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(BIN)/python
	$(PIP) install --editable '.[dev,docs]'
	@touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp
	$(BIN)/computeplan solve configs/chongqing.yaml
	$(BIN)/computeplan report plans/chongqing

# The tests of the HTML report need a browser and Chinese letters; without them they are skipped and say why.
chromium:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	root=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	command -v apt-get >/dev/null && $$root apt-get update -qq >/dev/null 2>&1 && \
	$$root apt-get install -y -qq --no-install-recommends chromium fonts-wqy-zenhei >/dev/null 2>&1 || \
	echo "Chromium could not be installed: the browser tests will be skipped" >&2

test: $(VENV)/dev.stamp chromium
	$(BIN)/pytest -n auto -m "not slow"

test-all: $(VENV)/dev.stamp chromium
	$(BIN)/pytest -n auto

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(MAKE) --no-print-directory test

format: $(VENV)/dev.stamp
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

MINUTES ?= 10
fuzz: $(VENV)/dev.stamp
	COMPUTEPLAN_FUZZ_MINUTES=$(MINUTES) $(BIN)/pytest -q -s tests/fuzz

bench: $(VENV)/run.stamp
	$(BIN)/python bench/run.py

bench-tools: $(VENV)/run.stamp
	$(BIN)/python bench/tools/run.py

docs: $(VENV)/dev.stamp
	$(BIN)/python docs/make_config_reference.py

site: docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "build/site/index.html; with search: $(BIN)/python -m http.server --directory build/site"

picture: $(VENV)/run.stamp
	$(BIN)/python docs/make_picture.py
	$(BIN)/python docs/make_report_picture.py

goldens: $(VENV)/dev.stamp
	PYTHONPATH=tests $(BIN)/python tests/lp/lp_cases.py

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist plans
	find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +
