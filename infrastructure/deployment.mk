# Deployment on two machines; included by the Makefile.

.PHONY: secrets test-deployment

secrets: ## make the passwords that are missing in secrets/
	infrastructure/secrets.sh

test-deployment: ## both compose files on two networks, with a simulated Twitch (needs Docker or STANDINS)
	.venv/bin/python -m pytest -q tests/deployment tests/unit/deployment --deployment
