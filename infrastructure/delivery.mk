# What CI does besides check and test; included by the Makefile. The tools that PyPI does not have come from Go's proxy,
# whose checksum database says whether they are what was published.

.PHONY: scan scan-tools test-delivery
GITLEAKS := github.com/zricethezav/gitleaks/v8@v8.30.1
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
SCANS ?=

build/bin/gitleaks build/bin/actionlint: infrastructure/delivery.mk
	@command -v go >/dev/null || { echo "Go is missing: $(@F) is built with it. See go.dev/dl" >&2; exit 1; }
	@echo "Building $(@F) ..."
	@GOBIN="$(CURDIR)/build/bin" go install $(if $(filter gitleaks,$(@F)),$(GITLEAKS),$(ACTIONLINT))
	@touch $@

scan-tools: venv build/bin/gitleaks build/bin/actionlint

scan: scan-tools ## Look for keys, faults in Dockerfiles, shell, SQL and workflows, and known vulnerabilities; SCANS="keys shell" runs a part
	@.ci/scan $(SCANS)

test-delivery: scan-tools ## Run the workflows with act and plant what the scans must find; builds no image
	DELIVERY=1 WHOLE=1 $(BIN)/pytest -v tests/unit/delivery tests/delivery
