PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check clean

run: .venv/run
	$(BIN)/python app.py $(ARGS)

test: .venv/test
	$(BIN)/python -m pytest $(ARGS)

check: .venv/test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

clean:
	rm -rf build

.venv/run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet torch==2.13.0
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

.venv/test: .venv/run requirements-dev.txt
	$(BIN)/pip install --quiet -r requirements-dev.txt
	touch $@
