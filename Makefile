# Every target sets up what it needs (tools/setup.py) and can be called from anywhere with `make -C`.
# Values such as DOSSIER, OUT, DATA_DIR and PORT reach the programs through the environment, spaces and all.

PYTHON ?= python3
BIN := .venv/bin
SETUP = @$(PYTHON) tools/setup.py
# The tests' own PostgreSQL and Valkey, in a folder that is thrown away.
PYTEST := $(BIN)/python -m pytest -p portal.embedded.pytest_services
MAKEFLAGS += --no-print-directory
export PYTHONUNBUFFERED := 1
export UV_PYTHON_DOWNLOADS := never
export DJANGO_SETTINGS_MODULE := portal.settings

.DEFAULT_GOAL := help
.PHONY: run report test check-reference audit bench lint messages lock clean help setup

run: ## start the portal and serve until stopped (PORT=8000 DATA_DIR=var SAMPLE=1)
	$(SETUP) pango
	@exec $(BIN)/python -m portal.embedded.run

report: ## report from a dossier (DOSSIER=f.json OUT=dir [SESSION=62] [LANGUAGES=en,fr] [FORMATS=pdf,json] [CUTOFF=2018-12-31])
	$(SETUP) pango
	@exec $(BIN)/python -m portal.embedded.report

test: ## set up and run all tests, the browser's included (ARGS=... goes to pytest)
	$(SETUP) pango chromium driver poppler
	@exec $(PYTEST) -n 2 $(ARGS)

check-reference: ## compare with the reference folder (REFERENCE_DIR=../shared/reference)
	$(SETUP) pango
	@exec $(BIN)/python tools/check_reference.py $(ARGS)

audit: ## the long tests: random kills, fuzzing, every page (up to an hour)
	$(SETUP) pango chromium driver poppler
	@exec $(PYTEST) -m audit $(ARGS)

bench: ## measure speed against the floor; writes docs/figures.md
	$(SETUP) pango
	@exec $(BIN)/python -m benchmarks $(ARGS)

lint: ## style, types, import rules, templates
	$(SETUP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

messages: ## collect the texts to translate and compile the translations
	$(SETUP)
	@$(BIN)/python tools/messages.py collect

lock: ## compile the locks, with hashes (ARGS=--upgrade takes newer versions)
	$(SETUP)
	@$(BIN)/python tools/lock.py $(ARGS)

setup: ## only install what is missing
	$(SETUP) pango

clean: ## remove what was made here (never the data in DATA_DIR)
	rm -rf .venv .venv.lock build .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache .coverage
	rm -f portal/locale/*/LC_MESSAGES/*.mo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-16s %s\n", $$1, $$2}' Makefile
