# The project's commands. `make` alone says what there is.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
# A stamp in the environment tells which requirements it holds, so that nothing is installed twice.
RUN_STAMP := $(VENV)/.run-requirements
DEV_STAMP := $(VENV)/.dev-requirements
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run dev test check format lock bench proofs torture clean

help:
	@echo "make run     install, prepare and serve on http://127.0.0.1:$${PORT:-8000}/"
	@echo "make dev     the same with the development server, which reloads on change"
	@echo "make test    all tests on SQLite and PostgreSQL, and in a browser"
	@echo "make proofs  all of that on both engines, and ten times the examples of every property"
	@echo "make check   format, lint, types, Django's checks, missing migrations"
	@echo "make bench   the speed of graphs, conflicts, lists, the annotation workspace and verify_evidence against floors"
	@echo "make torture thousands of conflicting writes, a crowd, and servers killed at work (SCALE=0.01 is quick)"
	@echo "make format  put the code in order"
	@echo "make lock    pin the requirements anew"

$(PY):
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  command -v $$candidate >/dev/null 2>&1 || continue; \
	  $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  $$candidate -m venv $(VENV) && exit 0; \
	  echo "$$candidate cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; \
	done; echo "Python 3.11 or newer is needed; name one with make PYTHON=/path/to/python3" >&2; exit 1

$(RUN_STAMP): requirements.txt | $(PY)
	@echo "Installing the requirements …"
	@$(PIP) -r requirements.txt
	@cp requirements.txt $@

$(DEV_STAMP): requirements.txt requirements-dev.txt | $(PY)
	@echo "Installing the requirements for development …"
	@$(PIP) -r requirements-dev.txt
	@cp requirements.txt $(RUN_STAMP)
	@cp requirements-dev.txt $@

run: $(RUN_STAMP)
	@$(PY) manage.py prepare
	@exec $(PY) -m gunicorn --config python:claims_tracker.serving

dev: $(RUN_STAMP)
	@CLAIMS_DEBUG=1 $(PY) manage.py prepare
	@CLAIMS_DEBUG=1 exec $(PY) manage.py runserver $${PORT:-8000}

test: $(DEV_STAMP)
	@$(PY) -m tests.run

check: $(DEV_STAMP)
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html')
	@$(VENV)/bin/mypy .
	@$(PY) manage.py check --fail-level WARNING
	@$(PY) manage.py makemigrations --check --dry-run
	@echo "All checks passed."

format: $(DEV_STAMP)
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

proofs: $(DEV_STAMP)
	@CLAIMS_PROOFS=1 $(PY) -m tests.run

bench: $(DEV_STAMP)
	@$(PY) -m tests.benchmarks
	@$(PY) -m tests.benchmarks.annotating
	@$(PY) -m tests.benchmarks.verifying --quotes 10000

torture: $(DEV_STAMP)
	@$(PY) -m tests.torture --scale $${SCALE:-1}

lock: $(DEV_STAMP)
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" requirements.in -o requirements.txt
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache
