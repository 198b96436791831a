# Each target brings its own set-up: a .venv in the project from the hashed locks, renewed only when a lock or
# pyproject.toml changes. `make lock` makes the locks.
EDITION ?= 2025Q4
WORKERS ?= 2
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
READY_LAB := .venv/.ready-lab
LAB_SETTINGS = .venv/share/jupyter/lab/settings
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-package warm-kernels
PIP = $(BIN)/python -m pip --disable-pip-version-check
# Installs a lock, one line a package. `--no-compile`: Python compiles a module when it is first imported, which leaves
# out the two thirds of the modules that nothing here imports (0.1 GB).
INSTALL = set -o pipefail; install() { $(PIP) install --no-compile --require-hashes -r $$1 | awk -v all=$$(grep -c '==' $$1) '\
	/^(Ignoring|Requirement already)/ {n++} \
	/^Collecting/ {printf "[%d/%d] %s\n", ++n, all, $$2; fflush()} \
	/^Installing/ {print "unpacking …"; fflush()}'; }; install
SHELL := bash
# Some machines forbid the compiled modules; without them every start would compile anew.
export PYTHONDONTWRITEBYTECODE =

# What notebooks and other people's scripts import.
PUBLIC := $(addprefix src/policyreport/,statistics records errors.py data/inputs.py running/workspace.py running/lesson.py)

.DEFAULT_GOAL := help
.PHONY: help report test test-all test-lab coverage validity check docs lab filter clean setup format lock

help: ## Show what can be made
	@echo "policyreport: the evaluation report on a public policy"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'
	@echo
	@echo "  EDITION=2025Q3 make report   another edition of params/editions/"
	@echo "  WORKERS=4 make report        more notebooks, or tests, at a time"

report: $(READY) ## Run the notebooks of EDITION and render the site and the PDF
	$(BIN)/policyreport run $(EDITION) --workers $(WORKERS)
	$(BIN)/policyreport render $(EDITION)

test: $(READY_DEV) ## Run the tests
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile

test-all: $(READY_DEV) ## Run the tests, and what takes too long for every commit
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --all

coverage: $(READY_DEV) ## Run the tests and print which lines of src/ none of them reaches
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --cov --cov-report term-missing:skip-covered

test-lab: $(READY_DEV) $(READY_LAB) ## Test what people do in JupyterLab, which stays in .venv afterwards
	$(BIN)/pytest -q tests/notebooks/test_jupyterlab.py

validity: $(READY_DEV) ## Simulate data of known truth and see whether the methods' claims hold
	$(BIN)/policyreport validity --workers $(WORKERS) --keep

check: $(READY_DEV) ## Lint, types, spelling, notebooks without outputs, rules of the ledger
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $$(git ls-files $(PUBLIC))
	$(BIN)/codespell README.md CHANGELOG.md docs src params notebooks reports tests
	$(BIN)/nbstripout --verify $$(git ls-files 'notebooks/*.ipynb')
	$(BIN)/policyreport check

docs: $(READY_DEV) ## Build the site of the documentation into build/docs
	@rm -rf docs/reference/api
	$(BIN)/sphinx-build -q -W --keep-going -j auto docs build/docs

lab: $(READY_LAB) filter ## Open the notebooks in JupyterLab
	@mkdir -p $(LAB_SETTINGS) && cp notebooks/.jupyterlab.json $(LAB_SETTINGS)/overrides.json
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/README.md

# What JupyterLab writes into a notebook besides its cells stays out of git too.
filter: $(READY_LAB)
	@if git rev-parse --git-dir >/dev/null 2>&1; then $(BIN)/nbstripout --install && \
	  git config filter.nbstripout.extrakeys '$(foreach key,codemirror_mode file_extension mimetype nbconvert_exporter \
	  pygments_lexer version,metadata.language_info.$(key))'; fi

format: $(READY_DEV) ## Format the code and strip the notebooks
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout $$(git ls-files 'notebooks/*.ipynb')

lock: ## Make the locks again from pyproject.toml, keeping the versions they have where they fit
	$(LOCK) --extra install -o requirements.lock pyproject.toml
	$(LOCK) --extra cluster --extra connect --extra dev --extra docs --extra install -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(LOCK) --extra install --extra lab -c requirements-dev.lock -o requirements-lab.lock pyproject.toml

clean: ## Remove everything generated, and the environment
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache

setup: $(READY_DEV) ## Only set up .venv

# What reporting needs. Python 3.11 puts setuptools into a new .venv, where
# nothing uses it; 3.12 does not.
$(READY): requirements.lock requirements-quarto.lock pyproject.toml src/warm_kernels/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv: $$(grep -c '==' requirements.lock) packages, 1 GB on disk (once; again when requirements.lock changes) …"
	@test -x $(BIN)/python || { $(PYTHON) -m venv .venv && $(PIP) --quiet uninstall --yes setuptools; }
	@$(INSTALL) requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable src/warm_kernels --editable .
	@$(BIN)/python -m policyreport.publishing.renderers.obtain_quarto
	@touch $@

# What testing and checking add.
$(READY_DEV): $(READY) requirements-dev.lock
	@echo "Adding what tests and checks need: $$(($$(grep -c '==' requirements-dev.lock) - $$(grep -c '==' requirements.lock))) packages, 0.4 GB …"
	@$(INSTALL) requirements-dev.lock
	@touch $@

# What JupyterLab adds: apart, because with it every Python process that reads a notebook starts two seconds later
# (it brings rfc3987-syntax, which jsonschema then imports).
$(READY_LAB): $(READY) requirements-lab.lock
	@echo "Adding JupyterLab: $$(($$(grep -c '==' requirements-lab.lock) - $$(grep -c '==' requirements.lock))) packages …"
	@$(INSTALL) requirements-lab.lock
	@touch $@
