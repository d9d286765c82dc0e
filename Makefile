# `make` alone lists what there is. Everything happens in .venv, which is made on first use.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
JOBS ?= 2
PORT ?=

.PHONY: help install install-dev demo test lint format endurance bench docs texts vendor lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */make \1|/' | awk -F"|" '{ printf "%-18s %s\n", $$1, $$2 }'

.venv/installed-run: requirements.lock pyproject.toml tools/install.sh
	@tools/install.sh run
	@touch $@

.venv/installed-dev: requirements-dev.lock pyproject.toml tools/install.sh
	@tools/install.sh dev
	@touch .venv/installed-run $@

install: .venv/installed-run ## what is needed to run, exactly pinned, in .venv

install-dev: .venv/installed-dev ## that and what checks the project

demo: install ## a small business with sample invoices, to look around in; stop with Ctrl-C (PORT=8000)
	@exec $(BIN)/purring demo $(if $(PORT),--port $(PORT))

# pytest comes last, so that its summary is the last line. Everything that touches the database runs on
# PostgreSQL first, then the whole on SQLite. With an earlier failure the later steps do not run.
test: install-dev ## style, types, floors, then all tests on PostgreSQL and SQLite (JOBS=2)
	@tools/system_packages.sh
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -n $(JOBS) --dist loadgroup --database postgres -m "database and not browser and not endurance"
	@$(BIN)/pytest -n $(JOBS) --dist loadgroup --durations 10

lint: install-dev ## ruff, mypy --strict, the floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install-dev ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

endurance: install-dev ## hours of killing, racing and random histories; counts by variable, see CONTRIBUTING.md
	@tools/system_packages.sh
	@PURRING_PROFILE=endurance $(BIN)/pytest -m "endurance or scales" --durations 0

bench: install-dev ## the measurements in bench/, one after the other
	@for file in decide mail followup intake law papers einvoice when replies tone notices portal desk; do echo "== bench/$$file.py"; $(BIN)/python -m bench.$$file; done

docs: install-dev ## write the generated pages, check every link
	@$(BIN)/python tools/docs.py

texts: install-dev ## gather the texts of the desk into the catalogues of its languages
	@$(BIN)/python -m tools.messages

vendor: install-dev ## fetch the front-end files named in tools/vendor.toml anew (needs npm; running needs none)
	@$(BIN)/python tools/vendor.py

lock: install-dev ## pin the packages anew from pyproject.toml (UPGRADE=1: newest ones)
	@tools/lock.sh

clean: ## remove what was made: .venv, caches, artefacts; data folders stay
	@rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache test-artefacts dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
