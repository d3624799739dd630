# Every target sets up .venv by itself; only Python 3.11+ and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON := $(BIN)/python
# Programs start in half the time when Python need not compile their modules anew.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-lora test-ray check bench format clean

demo: $(VENV)/.runtime
	@$(BIN)/tunesmith demo $(ARGS)

test: $(VENV)/.dev
	$(BIN)/pytest -n 4 --dist worksteal $(ARGS)

# The trainer's engine `lora`: its libraries are gigabytes, so they come with this target alone.
test-lora: $(VENV)/.dev
	@$(BIN)/uv sync --frozen --inexact --extra all --extra lora
	$(BIN)/pytest tests/trainer_lora tests/trainer_engine/test_tiny_transformers.py $(ARGS)

# A real Ray cluster of two nodes on this machine, with the engine `lora` in it.
test-ray: $(VENV)/.dev
	@$(BIN)/uv sync --frozen --inexact --extra all --extra lora --group ray
	$(BIN)/pytest tests/trainer_ray $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	@for b in bench/[a-z]*.py; do echo "== $$b"; $(BIN)/python $$b --quick || exit 1; done

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tunesmith needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one with make PYTHON=...")'
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8

$(VENV)/.runtime: pyproject.toml uv.lock | $(BIN)/uv
	@$(BIN)/uv sync --frozen --inexact --no-dev --extra sql
	@touch $@

$(VENV)/.dev: pyproject.toml uv.lock | $(BIN)/uv
	@$(BIN)/uv sync --frozen --inexact --extra all
	@touch $(VENV)/.runtime $@
