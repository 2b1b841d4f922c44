# Needs make and Python 3.11 or later; everything else goes into .venv.
#   make demo      solve configs/chongqing.yaml, print the plan and write the report
#   make test      tests without the slow ones        make test-all   all tests
#   make check     format, lint, types, tests         make format     format and fix
#   make bench     measure, write bench/RESULTS.md    make docs       the pages that are generated
#   make site      the documentation as a site, in build/site
#   make browser   install Chromium and a Chinese font for the tests, with apt-get; nothing else installs system software
#   make flagship  the figures of docs/flagship.md
#   make goldens   golden programs and texts anew       make picture    the pictures in README.md
#   make bench-tools  the same problem in other tools, write bench/RESULTS-tools.md
#   make coverage  branch coverage of the tests
#   make test-lowest  tests with the lowest versions that pyproject.toml declares, on Python 3.11; needs uv
#   make test-newest  tests with the newest versions there are, on Python 3.13; needs uv
#   make fuzz      random faulty inputs and random problems for ten minutes, or MINUTES=60
#   make mutants   change the source in 200 places, or COUNT=20, and see whether a test notices
#   make clean     remove .venv, caches and plans

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-lowest test-newest coverage check format bench bench-tools docs site picture flagship goldens fuzz mutants browser clean

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
browser:
	@root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	command -v apt-get >/dev/null && $$root apt-get update -qq && \
	$$root apt-get install -y -qq --no-install-recommends chromium fonts-wqy-zenhei || \
	{ echo "install Chromium or Chrome, and a font with Chinese letters, by this system's own means" >&2; exit 1; }

test: $(VENV)/dev.stamp
	$(BIN)/pytest -n auto --dist worksteal -m "not slow"

test-all: $(VENV)/dev.stamp
	$(BIN)/pytest -n auto --dist worksteal --hypothesis-profile=whole

coverage: $(VENV)/dev.stamp
	$(BIN)/pytest -n auto --dist worksteal -m "not slow" --cov --cov-report=term

test-lowest:
	uv run --no-project --isolated --resolution lowest-direct --with-editable '.[dev]' --python 3.11 pytest -n auto --dist worksteal -m "not slow"

test-newest:
	uv run --no-project --isolated --with-editable '.[dev]' --python 3.13 pytest -n auto --dist worksteal -m "not slow"

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

COUNT ?= 200
mutants: $(VENV)/dev.stamp
	$(PIP) install --editable '.[mutants]'
	$(BIN)/python tests/mutants/mutants.py --count $(COUNT)

bench: $(VENV)/run.stamp
	$(BIN)/python bench/run.py

bench-tools: $(VENV)/run.stamp
	$(BIN)/python bench/tools/run.py

docs: $(VENV)/dev.stamp
	$(BIN)/python docs/make_config_reference.py
	$(BIN)/python docs/make_formulas.py
	$(BIN)/python docs/make_api_reference.py
	$(BIN)/python docs/make_command_pages.py

site: docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "build/site/index.html; with search: $(BIN)/python -m http.server --directory build/site"

picture: $(VENV)/run.stamp
	$(BIN)/python docs/make_picture.py
	$(BIN)/python docs/make_report_picture.py

flagship: $(VENV)/run.stamp
	$(BIN)/python docs/make_flagship.py

goldens: $(VENV)/dev.stamp
	PYTHONPATH=tests $(BIN)/python tests/lp/lp_cases.py
	PYTHONPATH=tests:tests/report $(BIN)/python tests/report/known.py

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist plans
	find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +
