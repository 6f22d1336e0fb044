# What keeps backups: restic, ssh for a target by SFTP, and vault.py, which drives them (infrastructure/backup.sh).
#   docker build -f infrastructure/images/backup.Dockerfile -t stream-scout/backup .
ARG PYTHON_IMAGE=python:3.11.15-slim-bookworm
FROM ${PYTHON_IMAGE}

RUN apt-get update \
 && apt-get install --yes --no-install-recommends restic openssh-client \
 && rm -rf /var/lib/apt/lists/*

# 10001: the group that may read secrets/. The folder gives a new volume its owner; ssh wants a user with a name.
RUN groupadd --gid 10001 stream-scout \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin stream-scout \
 && mkdir -p /var/lib/stream-scout && chown 10001:10001 /var/lib/stream-scout

COPY infrastructure/images/vault.py /usr/local/bin/vault
COPY infrastructure/images/vault_key.py /usr/local/bin/vault-key
RUN chmod 0755 /usr/local/bin/vault /usr/local/bin/vault-key
# What changes with each build stands last, so that all before it comes from the cache.
ARG PYTHON_IMAGE
ARG VERSION=local
ARG COMMIT=unknown
ENV STREAM_SCOUT_VERSION=${VERSION} \
    STREAM_SCOUT_COMMIT=${COMMIT}
LABEL org.opencontainers.image.title="Stream Scout: backup" \
      org.opencontainers.image.description="Keeps the backups of a machine with restic." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}" \
      org.opencontainers.image.base.name="${PYTHON_IMAGE}"
USER 10001:10001
ENTRYPOINT ["vault"]
