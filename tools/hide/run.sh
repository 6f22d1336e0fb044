#!/bin/sh
# Runs `python -m recorder.hiding`: on machine A in the container that migrates, in the demo in .venv. Usage: run.sh COMMAND
set -eu
cd "$(dirname "$0")/../.."
for folder in .live .demo; do
    password="$folder/secrets/postgres_recorder_password"
    if [ -x .venv/bin/python ] && [ -r "$password" ]; then
        export POSTGRES_DSN="${POSTGRES_DSN:-postgresql://recorder@127.0.0.1:${POSTGRES_PORT:-15432}/stream_scout}"
        export POSTGRES_PASSWORD_FILE="${POSTGRES_PASSWORD_FILE:-$password}"
        PYTHONPATH=libraries:services exec .venv/bin/python -m recorder.hiding "$@"
    fi
done
command -v docker >/dev/null || {
    echo "Neither a demo nor Docker is here. On machine A, or beside a running make demo, this works." >&2
    exit 2
}
exec docker compose -f docker-compose.reliable.yml run --rm migrate python -m recorder.hiding "$@"
