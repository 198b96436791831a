# Each target brings its own set-up: a .venv in the project from the hashed requirements.lock, renewed only
# when the lock or pyproject.toml changes.
EDITION ?= 2025Q4
WORKERS ?= 2
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help report test test-all validity check lab clean setup format

help: ## Show what can be made
	@echo "policyreport: the evaluation report on a public policy"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'
	@echo
	@echo "  EDITION=2025Q3 make report   another edition of params/editions/"
	@echo "  WORKERS=4 make report        more notebooks, or tests, at a time"

report: $(STAMP) ## Run the notebooks of EDITION and render the site and the PDF
	$(BIN)/policyreport run $(EDITION) --workers $(WORKERS)
	$(BIN)/policyreport render $(EDITION)

test: $(STAMP) ## Run the tests
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile

test-all: $(STAMP) ## Run the tests, with twenty hash seeds instead of two
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --all

validity: $(STAMP) ## Simulate data of known truth and see whether the methods' claims hold
	$(BIN)/policyreport validity --workers $(WORKERS) --keep

check: $(STAMP) ## Lint, types, spelling, notebooks without outputs, rules of the ledger
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell README.md CHANGELOG.md docs src params notebooks reports tests
	$(BIN)/nbstripout --verify $$(git ls-files 'notebooks/*.ipynb')
	$(BIN)/policyreport check

lab: $(STAMP) ## Open the project in JupyterLab
	$(BIN)/jupyter lab

format: $(STAMP) ## Format the code and strip the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout $$(git ls-files 'notebooks/*.ipynb')

clean: ## Remove everything generated, and the environment
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache

setup: $(STAMP) ## Only set up .venv

$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up .venv (once; again when requirements.lock changes) …"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m policyreport.renderers.obtain_quarto
	@touch $@
