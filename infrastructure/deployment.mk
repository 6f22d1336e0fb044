# Deployment on two machines; included by the Makefile.

.PHONY: secrets secret silence test-deployment test-backup test-arm64 wheels-arm64

secrets: ## Make the passwords that are missing in secrets/
	@infrastructure/secrets.sh

secret: ## Ask for one secret unseen and write it down: make secret NAME=twitch_client_secret
	@infrastructure/put_secret.sh "$(NAME)"

silence: ## Hold back all alerts for a while, on machine B: make silence FOR=2h REASON="a new disk"
	@infrastructure/silence.sh "$(FOR)" "$(REASON)"

test-deployment: venv ## Both compose files on two networks, with a simulated Twitch (Docker, root; or STANDINS=folder)
	DEPLOYMENT=1 $(BIN)/pytest -v tests/unit/deployment tests/deployment

test-backup: venv ## Backups and restores with the real restic: loss, wrong key, full and missing targets (apt-get install restic)
	BACKUP=1 $(BIN)/pytest -n $(WORKERS) tests/integration/backup

test-arm64: venv ## Build the images for arm64 under qemu and start them; ask for arm64 wheels (apt: buildah, mmdebstrap, qemu-user-static)
	ARM64=1 $(BIN)/pytest -v -rA tests/arm64

wheels-arm64: ## Say which locked requirement has no wheel for arm64
	@$(PYTHON) infrastructure/images/arm64_wheels.py infrastructure/requirements/*.txt
