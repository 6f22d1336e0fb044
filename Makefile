# Every target installs what it needs. Ports and other settings are variables: API_PORT=5050 make demo
SHELL := /bin/sh
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
LOCK := infrastructure/requirements/dev.txt
CHANNELS ?=
CHAT ?=
ARGS ?=
TESTS ?= tests
WORKERS ?= 4
FAULTS ?= all
SYNC_MS ?=
API_EXAMPLES ?= 100
API_SEED ?= 1
PLAYS ?= 100
BROWSER := services/api_frontend/browser
SHIPPED := libraries services tools infrastructure seed_twitch_tokens.py
BENCHES ?= $(filter-out tests/benchmarks/_%,$(wildcard tests/benchmarks/*.py))

.DEFAULT_GOAL := help
.PHONY: help preflight venv jars chromium bundle types demo demo-timings live status hide reports requests check format texts analyze test test-api test-faults causes audit bench evaluate self-score clean distclean

include infrastructure/deployment.mk infrastructure/delivery.mk

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

preflight: ## Say what this machine lacks (Python 3.11, JDK 17, Maven, Node 20, room on the disk, a disk that syncs fast)
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python 3.11 is missing (no $(PYTHON) on the PATH). On Debian 12: apt-get install python3.11 python3.11-venv" >&2; exit 1; }
	@PYTHONPATH=tools $(PYTHON) -m embedded.preflight $(if $(filter preflight,$(MAKECMDGOALS)),--disk)

$(VENV)/stamp: $(LOCK) tools/make_venv.sh
	@echo "Making $(VENV) from $(LOCK) ..."
	@tools/make_venv.sh $(PYTHON) $(LOCK)
	@touch $@

venv: $(VENV)/stamp ## Make .venv from the locked requirements

jars: preflight venv ## Fetch the jars of Kafka and of Flink's connector into build/jars
	@$(BIN)/python -m embedded.servers.class_archives

chromium: venv
	@$(BIN)/python -m embedded.chromium

$(BROWSER)/node_modules/stamp: $(BROWSER)/package-lock.json
	npm ci --silent --prefix $(BROWSER)
	@touch $@

bundle: $(BROWSER)/node_modules/stamp ## Build the site's script from its TypeScript (commit what it writes)
	npm run --silent --prefix $(BROWSER) types
	npm run --silent --prefix $(BROWSER) build

demo: preflight venv ## Run the whole system on a simulated Twitch at http://localhost:5000; Ctrl-C ends it
	@exec $(BIN)/python -m embedded.demo

demo-timings: preflight venv jars ## Measure the demo: seconds to its address, to the first clip and of Ctrl-C, MB of disk
	@$(BIN)/python tests/benchmarks/demo.py

live: preflight venv ## Run it on the real Twitch: make live CHANNELS=a,b,c
	@exec $(BIN)/python -m embedded.demo --live --channels "$(CHANNELS)"

status: ## Say how fresh each stage is, what waits in front of it, and what to type next
	@tools/status/run.sh

hide: ## Hide a moment from visitors: make hide MOMENT=its-id; BACK=1 shows it again
	@test -n "$(MOMENT)" || { echo "Which one? make hide MOMENT=its-id-or-address" >&2; exit 2; }
	@tools/hide/run.sh $(if $(BACK),remove,add) "$(MOMENT)" $(if $(WHY),--why "$(WHY)")

reports: ## List what visitors reported; make reports REVIEWED=its-id takes a moment off the list
	@tools/hide/run.sh $(if $(REVIEWED),reviewed "$(REVIEWED)",reports)

requests: ## List the channels that visitors want to be watched
	@tools/status/run.sh --requests

check: venv ## Lint, security, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(SHIPPED)
	$(BIN)/mypy --strict libraries services tools
	$(BIN)/lint-imports
	@if command -v npm >/dev/null; then $(MAKE) --silent types; else echo "Node is missing: the types of the site's script were not checked" >&2; fi

types: $(BROWSER)/node_modules/stamp
	npm run --silent --prefix $(BROWSER) types

format: venv ## Bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

texts: venv ## Bring the site's catalogues up to date with its texts, and list what is not translated yet
	@$(BIN)/python -m translations

analyze: venv ## Find the highlights of recorded chat: make analyze CHAT="chat.json"; ARGS="--html page.html" for more
	@test -n "$(CHAT)" || { echo 'Which chat? make analyze CHAT="chat.json other.log.gz"; ARGS="--help" says what it reads' >&2; exit 2; }
	@$(BIN)/python -m chat_analysis --table $(ARGS) $(CHAT)

test: preflight venv jars chromium $(BROWSER)/node_modules/stamp ## Run all tests; TESTS=tests/unit runs a part
	$(BIN)/pytest $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS) --dist loadscope --no-loadscope-reorder) $(TESTS)

test-api: preflight venv ## Try the API with all checks of schemathesis; API_EXAMPLES=1000 tries longer, API_SEED=7 otherwise
	API_EXAMPLES="$(API_EXAMPLES)" API_SEED="$(API_SEED)" $(BIN)/pytest -n 0 tests/api

test-faults: preflight venv jars ## Let everything fail once and print what it did; FAULTS="Kafka,power" plays a part, SYNC_MS=5 on a slower disk (SLOW_SYNC)
	FAULTS="$(FAULTS)" SYNC_MS="$(SYNC_MS)" $(BIN)/pytest -m fault tests/faults

causes: venv ## Print how well causes and moods are found; CHAT_DATA=... adds recorded chat, PLAYS=300 plays more of each
	@$(BIN)/python -m cause_check --plays $(PLAYS)

AUDIT := tests/audit
$(AUDIT)/node_modules/stamp: $(AUDIT)/package-lock.json
	npm ci --silent --prefix $(AUDIT)
	@touch $@

audit: preflight venv chromium $(BROWSER)/node_modules/stamp $(AUDIT)/node_modules/stamp ## Audit the pages with Lighthouse and axe-core, and write docs/audits.md
	@$(BIN)/python $(AUDIT)/audit.py

bench: preflight venv jars ## Measure; results go to tests/benchmarks/results as JSON
	@failed=; for bench in $(BENCHES); do echo "== $$bench"; $(BIN)/python $$bench || failed="$$failed $$bench"; done; \
	if [ -n "$$failed" ]; then echo "failed, or missed what is owed:$$failed" >&2; exit 1; fi

evaluate: venv ## Measure the detector on recorded chat (CHAT_DATA=folder) and write docs/detection.md
	@$(BIN)/python -m evaluation --write

self-score: venv ## Print what viewers' clips of recorded chat say of the detector (CHAT_DATA=folder)
	@$(BIN)/python -m evaluation.viewers

clean: ## Remove the data of demo and live
	rm -rf .demo .live

distclean: clean ## Remove .venv, jars and caches too
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
