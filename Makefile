# `make` lists what there is. PYTHON=… chooses the Python that .venv is made with, PORT=… the web port.
.DEFAULT_GOAL := help
.PHONY: help run test check fix bench lock runtime development

BIN := .venv/bin
PORT ?=
export PYTHON PORT

help:  ## List these commands
	@grep -hE '^[a-z]+: .*## |^[a-z]+:  ## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 9

run: runtime  ## Start everything: servers, web, worker, sender, beat (Ctrl-C ends it)
	@exec $(BIN)/python manage.py serve

test: development  ## Run all tests; ARGS='-k name' chooses
	@$(BIN)/python -m pytest $(ARGS)

check: development  ## Lint, types, import contracts, migrations, deployment, security
	@.ci/check

fix: development  ## Format, and mend what the linter can
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

bench: development  ## Run the benchmarks; ONLY=name chooses one
	@EMR_ENV=test $(BIN)/python -m tests.benchmarks $(ONLY)

lock: development  ## Lock requirements*.in again
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		requirements.in --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--constraint requirements.txt requirements-dev.in --output-file requirements-dev.txt

runtime:
	@python=$$(.ci/python.sh) && "$$python" .ci/environment.py requirements.txt

development:
	@python=$$(.ci/python.sh) && "$$python" .ci/environment.py requirements-dev.txt
