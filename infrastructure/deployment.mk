# Deployment on two machines; included by the Makefile.

.PHONY: secrets secret silence test-deployment test-alerts test-backup

secrets: ## Make the passwords that are missing in secrets/
	@infrastructure/secrets.sh

secret: ## Ask for one secret unseen and write it down: make secret NAME=twitch_client_secret
	@infrastructure/put_secret.sh "$(NAME)"

silence: ## Hold back all alerts for a while, on machine B: make silence FOR=2h REASON="a new disk"
	@infrastructure/silence.sh "$(FOR)" "$(REASON)"

test-deployment: venv ## Both compose files on two networks, with a simulated Twitch (Docker, root; or STANDINS=folder)
	DEPLOYMENT=1 $(BIN)/pytest -v tests/unit/deployment tests/deployment

test-alerts: venv ## Play faults on both machines and count what reaches the operator, half an hour (Docker, as test-deployment)
	DEPLOYMENT=1 ALERTS=1 $(BIN)/pytest -v -s tests/deployment/test_faults.py

test-backup: venv ## Backups and restores with the real restic: loss, wrong key, full and missing targets (apt-get install restic)
	BACKUP=1 $(BIN)/pytest -n $(WORKERS) tests/integration/backup
