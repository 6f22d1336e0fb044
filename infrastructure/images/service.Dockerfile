# One image a service: the locked packages (a layer that all share), the libraries, and the service itself.
#   docker build -f infrastructure/images/service.Dockerfile --build-arg SERVICE=recorder -t stream-scout/recorder .
ARG PYTHON_IMAGE=python:3.11.15-slim-bookworm
FROM ${PYTHON_IMAGE}

COPY infrastructure/requirements/services.txt /opt/requirements.txt
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
      --require-hashes --requirement /opt/requirements.txt

# 10001: the group that may read secrets/. The folders give new volumes their owner.
RUN groupadd --gid 10001 stream-scout \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin stream-scout \
 && mkdir -p /var/lib/stream-scout && chown 10001:10001 /var/lib/stream-scout

WORKDIR /app
COPY infrastructure/images/probe.py /usr/local/bin/probe
COPY infrastructure/postgres infrastructure/postgres
COPY configs/hidden_words.toml configs/
COPY libraries libraries
COPY seed_twitch_tokens.py ./
ARG SERVICE
COPY services/${SERVICE} services/${SERVICE}
RUN chmod 0755 /usr/local/bin/probe && python -m compileall -q libraries services

ENV PYTHONPATH=/app/libraries:/app/services \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    SERVICE=${SERVICE}
# Last, so that a version that changes nothing else shares every layer with the one before.
ARG VERSION=local
ARG COMMIT=unknown
ENV STREAM_SCOUT_VERSION=${VERSION} STREAM_SCOUT_COMMIT=${COMMIT}
LABEL org.opencontainers.image.version=${VERSION} org.opencontainers.image.revision=${COMMIT}
USER 10001:10001
CMD ["sh", "-c", "exec python -m \"$SERVICE\""]
