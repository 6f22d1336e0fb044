# Deployment on two machines; included by the Makefile.

.PHONY: secrets secret rotate silence test-deployment test-backup test-machines

secrets: ## Make the passwords that are missing in secrets/
	@infrastructure/secrets.sh

secret: ## Ask for one secret unseen and write it down: make secret NAME=twitch_client_secret
	@infrastructure/put_secret.sh "$(NAME)"

rotate: ## Put a new secret in the place of the old one: make rotate NAME=kafka_password (all: every one of ours; list)
	@ROTATE_A="$(A)" ROTATE_B="$(B)" infrastructure/rotate.sh "$(NAME)"

silence: ## Hold back all alerts for a while, on machine B: make silence FOR=2h REASON="a new disk"
	@infrastructure/silence.sh "$(FOR)" "$(REASON)"

test-deployment: venv ## Both compose files on two networks, with a simulated Twitch (Docker, root; or STANDINS=folder)
	DEPLOYMENT=1 $(BIN)/pytest -v tests/unit/deployment tests/deployment

test-backup: venv ## Backups and restores with the real restic: loss, wrong key, full and missing targets (apt-get install restic)
	BACKUP=1 $(BIN)/pytest -n $(WORKERS) tests/integration/backup

test-machines: venv ## Firewall, sshd, TLS, clean-up, rotation, Ansible for real (root; Debian's nftables, openssh-server, caddy, haproxy ...)
	MACHINES=1 $(BIN)/pytest -v tests/integration/machines
