# The store of the logs as `make victoria-logs` builds it, in the place of the official image; for tests without a registry.
FROM debian:bookworm-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends wget \
 && rm -rf /var/lib/apt/lists/*
COPY victoria-logs /victoria-logs
ENTRYPOINT ["/victoria-logs"]
