# Everything a user or a developer types. `make demo` and `make test` work from a fresh clone with Python >= 3.11, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_OF_DEMO := .kingmaker

.PHONY: demo test quick lint format clean benchmarks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kingmaker needs Python 3.11 or newer; $(PYTHON) is older. Say make PYTHON=python3.12, for instance."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip -c constraints.txt

$(VENV)/.loop: $(VENV)/bin/python pyproject.toml constraints.txt hatch_build.py $(wildcard src/kingmaker/bundle/native/*.c src/kingmaker/bundle/native/*.h)
	@echo "Installing Kingmaker into $(VENV) (a minute or two the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[loop,control]'
	@touch $@

$(VENV)/.dev: $(VENV)/.loop
	@echo "Installing what the tests need into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[loop,control,oidc,traces,postgres,objects,databases,maxcompute,dev,oracles]'
	@touch $@

$(VENV)/.system: $(VENV)/bin/python tests/install_system_packages.sh
	@sh tests/install_system_packages.sh
	@touch $@

demo: $(VENV)/.loop
	@PATH="$(CURDIR)/$(BIN):$$PATH" KINGMAKER_HOME="$(HOME_OF_DEMO)" sh examples/sba/demo.sh

test: $(VENV)/.dev $(VENV)/.system lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

quick: $(VENV)/.dev $(VENV)/.system lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not journey"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(VENV)/.dev
	$(BIN)/python -m benchmarks.all

clean:
	rm -rf $(VENV) $(HOME_OF_DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
