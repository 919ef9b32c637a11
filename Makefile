# Needs Python 3.11 or newer, git and make. Everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: audit test lint types unit rules reference bench lock clean

audit: .venv/ready  ## audit a fixture and print its report
	$(BIN)/portability audit fixtures/webshop-aws

test: lint types rules unit  ## everything that must pass

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

rules: .venv/ready
	$(BIN)/portability rules test

unit: .venv/ready
	$(BIN)/pytest -n auto --dist worksteal

reference: .venv/ready  ## write docs/reference from the rules
	$(BIN)/portability rules reference --out docs/reference

bench: .venv/ready  ## speed, as ratios in one run
	$(BIN)/python bench/run.py

lock: .venv/ready  ## pin what is installed now
	$(BIN)/pip freeze --exclude-editable --exclude cloud-portability > constraints.txt

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $@

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis portability/catalogue/compiled.msgpack
