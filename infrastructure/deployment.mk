# Deployment on two machines; included by the Makefile.

.PHONY: secrets secret silence logs test-rules test-deployment test-alerts test-backup test-install test-logs victoria-logs test-arm64 wheels-arm64

# Of the tests; the Go proxy has not each version.
VICTORIA_LOGS := v1.52.1

secrets: ## Make the passwords that are missing in secrets/
	@infrastructure/secrets.sh

secret: ## Ask for one secret unseen and write it down: make secret NAME=twitch_client_secret
	@infrastructure/put_secret.sh "$(NAME)"

silence: ## Hold back all alerts for a while, on machine B: make silence FOR=2h REASON="a new disk"
	@infrastructure/silence.sh "$(FOR)" "$(REASON)"

ASKED := SERVICE MOMENT MACHINE LEVEL TEXT SINCE UNTIL AT LIMIT
$(foreach name,$(ASKED),$(eval logs: export ASK_$(name) = $$(value $(name))))
logs: ## Find lines of both machines, on B: make logs SERVICE=recorder SINCE=2h, MOMENT=its-id, AT=03:10, LEVEL=warning, TEXT="…"
	@tools/logs/run.sh

test-deployment test-alerts: $(if $(STANDINS),build/bin/victoria-logs)

test-deployment: venv ## Both compose files on two networks, with a simulated Twitch (Docker, root; or STANDINS=folder)
	DEPLOYMENT=1 $(BIN)/pytest -v tests/unit/deployment tests/deployment

RULES := $(addprefix tests/unit/deployment/,test_rules.py test_thresholds.py test_probes.py test_one_message.py test_watchdog.py)
test-rules: venv ## Alert rules and messages by Prometheus's own programs, no Docker (apt: prometheus, prometheus-alertmanager, prometheus-blackbox-exporter)
	DEPLOYMENT=1 WHOLE=1 $(BIN)/pytest -n $(WORKERS) $(RULES)

test-alerts: venv ## Play faults on both machines and count what reaches the operator, half an hour (Docker, as test-deployment)
	DEPLOYMENT=1 ALERTS=1 $(BIN)/pytest -v -s tests/deployment/test_one_cause.py

test-backup: venv ## Backups and restores with the real restic: loss, wrong key, full and missing targets (apt-get install restic)
	BACKUP=1 WHOLE=1 $(BIN)/pytest -n $(WORKERS) tests/integration/backup

test-install: venv ## install.sh and uninstall.sh on machines of namespaces: each system, the join, killed at each step (root)
	INSTALL=1 WHOLE=1 $(BIN)/pytest -n $(WORKERS) tests/unit/install tests/integration/install

.PHONY: rotate test-machines
rotate: ## Put a new secret in the place of the old one: make rotate NAME=kafka_password (all: every one of ours; list)
	@ROTATE_A="$(A)" ROTATE_B="$(B)" infrastructure/rotate.sh "$(NAME)"

build/machines/stamp: infrastructure/requirements/machines.txt
	@echo "Making build/machines from $< ..."
	@$(PYTHON) -m venv build/machines && build/machines/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

test-machines: venv build/machines/stamp ## Firewall, sshd, TLS, clean-up, rotation and Ansible for real (root; what is missing is named)
	MACHINES=1 WHOLE=1 PATH="$(CURDIR)/build/machines/bin:$$PATH" $(BIN)/pytest -v tests/integration/machines

build/bin/victoria-logs:
	@command -v go >/dev/null || { echo "Go is missing: apt-get install golang (1.26 or newer)" >&2; exit 1; }
	GOBIN="$(CURDIR)/build/bin" GOFLAGS=-buildvcs=false CGO_ENABLED=0 go install github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs@$(VICTORIA_LOGS)

victoria-logs: build/bin/victoria-logs ## Build the store of the logs for the tests (Go; two minutes)

test-logs: venv build/bin/victoria-logs ## Logs with the real store: kills, rotation, a removed container, retention (Go)
	LOGS=1 WHOLE=1 $(BIN)/pytest -n $(WORKERS) tests/integration/log_collector

test-arm64: venv ## Build the images for arm64 under qemu and start them; ask for arm64 wheels (apt: buildah, mmdebstrap, qemu-user-static)
	ARM64=1 WHOLE=1 $(BIN)/pytest -v -rA tests/arm64

wheels-arm64: ## Say which locked requirement has no wheel for arm64
	@$(PYTHON) infrastructure/images/arm64_wheels.py infrastructure/requirements/*.txt
