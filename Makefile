# What a newcomer and CI type. Everything lives in .venv; nothing outside this folder is touched by `make run`.
PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install -qq --require-hashes

export PYTHONUTF8 := 1

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test test-long chaos bench learn words check chromium

help: ## say what there is to type
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

run: $(VENV)/runtime.stamp $(VENV)/project.stamp ## serve the demo on http://127.0.0.1:8000 (PORT=8000)
	@exec $(BIN)/foster-bond demo --port $(PORT)

test: $(VENV)/dev.stamp $(VENV)/project.stamp chromium ## run the tests on SQLite, PostgreSQL and in the browser (ARGS=tests/rules)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-long: $(VENV)/dev.stamp $(VENV)/project.stamp chromium ## run the tests that take minutes
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "long and not chaos" $(ARGS)

chaos: $(VENV)/dev.stamp $(VENV)/project.stamp ## kill processes and cut connections, then check what must hold
	@$(BIN)/python -m pytest -m chaos $(ARGS)

bench: $(VENV)/dev.stamp $(VENV)/project.stamp ## measure against the rivals and the limits
	@$(BIN)/python -m benchmarks $(ARGS)

learn: $(VENV)/dev.stamp $(VENV)/project.stamp ## learn the weights of warning signs from the labelled lines
	@$(BIN)/python -m tests.rules.learning

words: $(VENV)/dev.stamp ## bring the Spanish of the staff pages up to date and count what is open
	@$(BIN)/python -m tests.web.staff_words

check: $(VENV)/dev.stamp ## check format, lint, types and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

chromium:
	@command -v chromium >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then \
	    echo "Installing Chromium for the browser tests (once)"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } \
	      </dev/null >/dev/null 2>&1 || echo "Chromium could not be installed; the closing report will say so"; \
	  fi; }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Foster Bond needs Python 3.11 or newer; name one with make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/runtime.stamp: requirements.txt | $(BIN)/python
	@echo "Installing what Foster Bond needs (once)"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing what the tests need (once)"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/runtime.stamp

$(VENV)/project.stamp: pyproject.toml | $(VENV)/runtime.stamp
	@$(PIP) install -qq --no-index --no-deps --no-build-isolation --editable .
	@touch $@
