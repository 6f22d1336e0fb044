# Deployment on two machines; included by the Makefile.

.PHONY: secrets test-deployment

secrets: ## Make the passwords that are missing in secrets/
	@infrastructure/secrets.sh

test-deployment: venv ## Both compose files on two networks, with a simulated Twitch (Docker, root; or STANDINS=folder)
	DEPLOYMENT=1 $(BIN)/pytest -v tests/unit/deployment tests/deployment
