PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Where the public question sets lie that benchmarks and training read; the product needs none.
DATA ?= ../shared/data

.PHONY: run test test-slow check bundle bench bench-kiosk bench-quality bench-guard baseline models weights browser clean

run: .venv/run  ## the web chat on the default documents, http://127.0.0.1:7860
	@$(BIN)/python app.py $(ARGS)

test: .venv/test browser  ## everything that is fast
	$(BIN)/python -m pytest -n 4 --dist loadfile -m "not slow" $(ARGS)

test-slow: .venv/test browser  ## what takes minutes
	$(BIN)/python -m pytest -m slow $(ARGS)

check: .venv/test  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bundle: .venv/run  ## one archive that installs without a network (ARGS="--documents letters/")
	@$(BIN)/python -m deploy $(ARGS)

bench: .venv/run  ## speed, memory and size beside a plain script on the same machine
	$(BIN)/python -m benchmarks speed --data $(DATA)

bench-kiosk: .venv/test browser  ## half an hour at the kiosk, then 5,000 questions: requests, memory
	$(BIN)/python -m benchmarks kiosk
	$(BIN)/python -m benchmarks memory --door kiosk
	$(BIN)/python -m benchmarks memory --door chat

bench-guard: .venv/run  ## lies that the guard on a model's statements stops, paraphrases that it drops
	$(BIN)/python -m benchmarks lies

bench-quality: .venv/test  ## retrieval and answers on public questions
	$(BIN)/python -m benchmarks quality --data $(DATA) --write README.md

baseline: .venv/run  ## what the gate compares with, measured anew after a wanted change
	$(BIN)/python -m evaluation run evaluation/questions/gdr-1963.jsonl --split dev \
		--mode hybrid answer --out build/baseline
	cp build/baseline/baseline.json evaluation/baselines/gdr-1963-dev.json

models: .venv/run  ## the embedding model's export, made again from the official weights
	$(BIN)/python -m training embedder

weights: .venv/run  ## the rankings (retriever/rankings/), learned again
	$(BIN)/python -m training evidence --data $(DATA)

# torch comes first and by itself: the others would bring gigabytes of GPU libraries along.
.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Docent needs Python 3.11 or newer; name it: make run PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python cannot make virtual environments; install python3-venv"; exit 1; }
	$(PIP) install $$(grep '^torch==' requirements.txt)
	$(PIP) install -r requirements.txt
	@touch $@

.venv/test: .venv/run requirements-dev.txt
	$(PIP) install -r requirements-dev.txt
	@touch $@

browser:  # and a voice: what tests of the pages need of the system
	@if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else \
			echo "No browser: its tests are skipped. Install one with: sudo apt-get install chromium"; \
		fi; \
	fi
	@command -v espeak-ng >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq espeak-ng; } \
			>/dev/null 2>&1 \
		|| echo "No voice: its tests are skipped. Install one with: sudo apt-get install espeak-ng"

clean:  ## what can be made again; the virtual environment stays
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
