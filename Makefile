# mspike. A fresh machine needs git, make and Python 3.11 or newer: `make demo` and `make test` set up the rest.
BIN := .venv/bin
READY := .venv/.ready
# The tests of a file stay together, since they share what they set up.
SPREAD := -n auto --dist loadfile

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check lint types imports knowledge format bench docs examples vectors pictures wheel lock clean browser

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(READY)  ## one example patient: the options in the terminal and as an HTML report
	@$(BIN)/mspike demo

test: $(READY) browser lint types imports knowledge  ## everything, with the browser tests
	@$(BIN)/pytest $(SPREAD)

check: $(READY) lint types imports knowledge  ## the everyday part, under three minutes
	@$(BIN)/pytest -m "not slow" $(SPREAD)

lint: $(READY)  ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)  ## mypy, strict
	@$(BIN)/mypy

imports: $(READY)  ## who imports whom
	@$(BIN)/lint-imports --no-logo

knowledge: $(READY)  ## every source, date, fact name and review in knowledge/data
	@$(BIN)/mspike knowledge check

format: $(READY)  ## let ruff lay out the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## medians and ratios of one run, as a table
	@$(BIN)/python bench/run.py
	@$(BIN)/python bench/records.py
	@$(BIN)/python bench/derive.py

docs: $(READY)  ## write the generated reference pages, and the OMOP statements for warehouses
	@$(BIN)/python scripts/docs.py
	@$(BIN)/python scripts/omop_sql.py

examples: $(READY)  ## write the example patients' answers anew
	@$(BIN)/python scripts/examples.py

vectors: $(READY)  ## write the test vectors that come from spec/
	@$(BIN)/python scripts/conformance.py

pictures: $(READY) browser  ## take the pictures of the documentation
	@$(BIN)/python scripts/pictures.py

wheel: $(READY)  ## dist/: the wheel, with the compiled knowledge pack
	@$(BIN)/hatchling build -t wheel

lock:  ## constraints.txt anew from pyproject.toml
	@scripts/lock.sh

clean:  ## forget everything that can be made again
	@rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -f src/mspike/knowledge/*.pack

browser:
	@scripts/browser.sh

$(READY): pyproject.toml constraints.txt scripts/setup.sh
	@scripts/setup.sh
