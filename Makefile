PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One more than two cores: tests wait for processes, and `langgraph dev` sleeps before a run.
WORKERS ?= 3
NODE_MODULES := tests/clients/node_modules tests/any_server/javascript/node_modules \
  tests/browser/node_modules
# Else every program that a test starts compiles the code of this project again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check matrix bench hardening suites screenshots clean

demo: $(VENV)/.installed  ## open the console on the sample graphs
	$(BIN)/hitl-tui demo

test: check $(NODE_MODULES) .servers/aegra/.installed  ## everything that must hold, with real servers
	$(BIN)/python -m pytest -q -W error -n $(WORKERS)

check: $(VENV)/.test-installed  ## types, style, and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

matrix: $(VENV)/.test-installed  ## the tests on Python 3.11 to 3.13, oldest and newest packages
	$(BIN)/nox

bench: $(VENV)/.test-installed  ## ratios, measured in one run
	$(BIN)/python -m tests.bench

hardening: $(VENV)/.test-installed $(NODE_MODULES) .servers/aegra/.installed  ## what takes long
	$(BIN)/python -m tests.hardening

suites: $(VENV)/.test-installed  ## public suites of others, in the folder SUITES
	$(BIN)/python -m tests.suites $(SUITES)

screenshots: $(VENV)/.test-installed  ## drive the real app and save its pictures
	$(BIN)/python -m screenshots.make

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e '.[local]'
	touch $@

$(VENV)/.test-installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e '.[test]'
	touch $@

%/node_modules: %/package.json  # without Node, the tests that need it are skipped
	npm install --prefix $* --no-package-lock --no-audit --no-fund --silent \
	  || echo "npm could not install $@: its tests are skipped"
	-touch -c $@

# Its own environment, because it needs Python 3.12 and other packages.
.servers/aegra/.installed: tests/server/aegra-requirements.txt | $(VENV)/.test-installed
	$(BIN)/uv venv -q --clear --python "$$(.ci/python-at-least 3.12)" .servers/aegra \
	  && $(BIN)/uv pip install -q --compile-bytecode --python .servers/aegra -r $< \
	  && touch $@ \
	  || echo "Aegra could not be installed: its tests are skipped"

clean:
	rm -rf $(VENV) .nox build .servers $(NODE_MODULES)
