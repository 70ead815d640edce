# Two commands do everything on a machine with Python 3.11 and make:
#   make run    set up, do the main job on the sample, show the summary
#   make test   set up, run every check and test
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check format model lock clean

run: $(READY)
	$(BIN)/iken run corpus/sample/working_team_table.txt --out out/sample

test: $(READY) check
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# the default model, from corpus/ alone
model: $(READY)
	$(BIN)/python scripts/build_model.py

# new pins, after a change of pyproject.toml (needs the network)
lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --generate-hashes --extra documents --extra notebook --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) out dist

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $(READY)
