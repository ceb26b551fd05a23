# make report: set everything up and build the report into out/
# make test:   set everything up and run every check and test
PYTHON ?= python3
BIN := .venv/bin

report: .venv/installed
	$(BIN)/python build.py $(ARGS)

test: .venv/installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto $(ARGS)

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12")'
	@$(PYTHON) report_builder/pango.py
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: pyproject.toml | .venv/created
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/installed-tests: pyproject.toml | .venv/created
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ .venv/installed

clean:
	rm -rf .venv out

.PHONY: report test clean
