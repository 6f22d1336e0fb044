#!/bin/sh
# Finds lines of both machines' containers; on machine B, where they are kept. `make logs` passes its variables as
# ASK_SERVICE, ASK_SINCE and so on; without make: tools/logs/run.sh --service=recorder --since=2h
set -eu
cd "$(dirname "$0")/../.."
for name in SERVICE MOMENT MACHINE LEVEL TEXT SINCE UNTIL AT LIMIT; do
    eval "value=\${ASK_$name:-}"
    # shellcheck disable=SC2154  # eval has set it
    [ -z "$value" ] || set -- "$@" "--$(echo "$name" | tr '[:upper:]' '[:lower:]')=$value"
done
if [ -n "${LOGS_STORE_URL:-}" ] && [ -x .venv/bin/python ]; then
    PYTHONPATH=libraries:services exec .venv/bin/python -m log_collector.searching.main "$@"
fi
compose=docker-compose.processing.yml
if ! command -v docker >/dev/null || [ -z "$(docker compose -f "$compose" ps -q log-collector 2>/dev/null)" ]; then
    for folder in .demo .live; do
        [ ! -d "$folder/logs" ] || echo "The demo's lines are in $folder/logs." >&2
    done
    {
        echo "No log-collector runs here. Lines of both machines are found on machine B. There:"
        echo "  docker compose -f $compose up -d log-collector"
        echo "This machine's own last lines: docker compose -f docker-compose.reliable.yml logs --since 1h"
    } >&2
    exit 2
fi
exec docker compose -f "$compose" exec -T log-collector python -m log_collector.searching.main "$@"
