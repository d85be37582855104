# `make report` and `make test` need Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: report test ocr docs sbom audit lint lab explore dictionary constraints

report: $(INSTALLED) ## read data/raw, write data/tidy, run the notebooks into reports/
	$(BIN)/budgetlib parse
	$(BIN)/budgetlib report

test: $(INSTALLED) ## the tests but the slow ones, on all cores
	$(BIN)/python -m pytest --numprocesses auto -m "not slow"

ocr: .venv/ocr ## install the extra that reads scanned pages

docs: .venv/docs ## the documentation as HTML in docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs docs/_build/html

sbom: .venv/docs ## what budgetlib is installed with, by name, version and hash: docs/_build/sbom.json (CycloneDX)
	$(BIN)/cyclonedx-py requirements constraints.txt --pyproject pyproject.toml --output-reproducible \
		--output-file docs/_build/sbom.json

audit: .venv/docs ## known weaknesses of what is pinned, asked of osv.dev
	$(BIN)/pip-audit --vulnerability-service osv --disable-pip --require-hashes --requirement constraints.txt

lint: $(INSTALLED) ## lint, format, strict types and who may import whom, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lab: $(INSTALLED) ## the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

explore: $(INSTALLED) ## figures beside their pages, findings to mark: notebooks/explore.ipynb as an application
	$(BIN)/voila notebooks/explore.ipynb

dictionary: $(INSTALLED) ## print the data dictionary from the schemas
	$(BIN)/python -m budgetlib.tables.dictionary > docs/data_dictionary.md

constraints: ## pin the newest allowed versions, those of extra and docs in files of their own; needs uv
	uv pip compile pyproject.toml --extra cluster --extra explore --group test --group lint --group build \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --upgrade \
		--custom-compile-command "make constraints" --output-file constraints.txt
	uv pip compile pyproject.toml --group docs --constraint constraints.txt \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --upgrade \
		--custom-compile-command "make constraints" --output-file constraints-docs.txt
	uv pip compile pyproject.toml --extra ocr --constraint constraints.txt \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --upgrade \
		--custom-compile-command "make constraints" --output-file constraints-ocr.txt

$(INSTALLED): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "budgetlib needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(PIP) --require-hashes --only-binary :all: --requirement constraints.txt
	$(PIP) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ocr: $(INSTALLED) constraints-ocr.txt
	$(PIP) --require-hashes --only-binary :all: --requirement constraints-ocr.txt
	@touch $@

.venv/docs: $(INSTALLED) constraints-docs.txt
	$(PIP) --require-hashes --only-binary :all: --requirement constraints-docs.txt
	@touch $@
