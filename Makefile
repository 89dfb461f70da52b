# make run    start everything (does its own set-up)
# make test   every check, as CI runs it (does its own set-up)

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help run run-demo-channels test setup lint bench bench-nlu clean python dev-setup

help:
	@echo "make run    start Baton: customer page, agent desk, bot (Ctrl-C ends it)"
	@echo "make run-demo-channels  the same with a played WhatsApp and Telegram, and a page to be their customer on"
	@echo "make test   run every check; the first time it installs what it needs"
	@echo "make setup  only install what make run needs; then .venv/bin/baton is the command"
	@echo "make lint   formatting, types and import rules"
	@echo "make bench  measure, print a table, write bench/out/*.json"
	@echo "make bench-nlu  measure what the bot understands; BATON_TEST_NLU_DATA names the folder of data sets"
	@echo "make clean  remove what was made, except var/ (your data)"

python:
	@test -n "$(PYTHON)" || { echo "make: Baton needs Python 3.11 or newer; install it, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }

setup: python
	@$(PYTHON) -m baton.bootstrap run

dev-setup: python
	@$(PYTHON) -m baton.bootstrap dev

# exec: Ctrl-C reaches Baton alone, and its own exit code is make's.
run: setup
	@exec .venv/bin/baton run

run-demo-channels: setup
	@exec .venv/bin/baton run --demo-channels

test: dev-setup
	@.venv/bin/python -m tests.checks

lint: dev-setup
	@.venv/bin/python -m tests.checks --only lint

bench: dev-setup
	@.venv/bin/python -m bench

bench-nlu: dev-setup
	@.venv/bin/python -m bench.nlu

clean:
	rm -rf .venv .venv-rasa models .rasa .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache results bench/out tests/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
