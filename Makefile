# Two commands do everything on a fresh machine with Python 3.11+ and make: `make demo` and `make test`.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help demo test lint format docs bench bench-full lock clean

help:             ## Show these targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The last step but one compiles the reader of large files into the user's cache, so that the first of them need not wait.
$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "perdiem needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python has no venv module. Install it (on Debian: apt install python3-venv), then run make again."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "from perdiem.formats.bulk import read_chunks; [*read_chunks(['examples'], large=0)]" 2>/dev/null || true
	@touch $@

demo: $(READY)    ## Set up, judge the bundled claims, and show the result.
	@echo "perdiem check examples/*.837*"
	@$(BIN)/perdiem check examples/*.837* ; test $$? -le 1
	@echo
	@echo "perdiem explain examples/*.837* --claim HI-0008"
	@$(BIN)/perdiem explain examples/*.837* --claim HI-0008
	@echo
	@echo "perdiem check examples/pumps.csv"
	@$(BIN)/perdiem check examples/pumps.csv
	@echo
	@echo "perdiem price examples/week-24.837.gz --contract examples/contract.toml --by rule"
	@$(BIN)/perdiem price examples/week-24.837.gz --contract examples/contract.toml --by rule
	@echo
	@echo 'perdiem order --sig "cefazolin 2 g IV q8h x 7 days" --from 2024-06-03 --payer bcbstx'
	@$(BIN)/perdiem order --sig "cefazolin 2 g IV q8h x 7 days" --from 2024-06-03 --payer bcbstx

test: $(READY)    ## Set up and run every test.
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY)    ## Lint, format check and type check.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: export PERDIEM_DATA = build/no-data
docs: $(READY)    ## Renew the generated pages, the shown outputs and pictures, and build the documentation site.
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/worked.py
	$(BIN)/python docs/pictures.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(READY)   ## Measure against named peers on 10,000 and 100,000 claims; writes benchmarks/RESULTS.md.
	$(BIN)/python benchmarks/run.py

bench-full: $(READY)  ## The same with 1,000,000 claims and ten million lines of history.
	$(BIN)/python benchmarks/run.py --full

lock:             ## Choose newest allowed versions and write requirements.lock (needs network).
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet -e '.[dev,fast,excel,publish,docs]'
	{ echo "# Written by make lock; every version that make installs."; \
	  $(VENV)-lock/bin/python -m pip freeze --exclude-editable; } > requirements.lock
	rm -rf $(VENV)-lock

clean:            ## Remove what make made.
	rm -rf $(VENV) $(VENV)-lock .pytest_cache .mypy_cache .ruff_cache .hypothesis
