#!/bin/sh
# Runs `python -m status` in .venv; on a machine that has only Docker, in the recorder's image. Usage: run.sh [OPTIONS]
set -eu
cd "$(dirname "$0")/../.."
if [ -x .venv/bin/python ]; then
    PYTHONPATH=libraries:tools exec .venv/bin/python -m status "$@"
fi
command -v docker >/dev/null || {
    echo "Neither .venv nor Docker is here. Run make venv." >&2
    exit 2
}
health=/run/stream_scout_machine.prom # of infrastructure/machine_health.sh, where it is set up
[ -f "$health" ] || health=/dev/null
# The group 10001 may read secrets/.
exec docker run --rm --network host --read-only --cap-drop ALL --user "$(id -u):10001" \
    --volume "$PWD:/checkout:ro" --volume "$health:/run/stream_scout_machine.prom:ro" \
    --workdir /checkout --env PYTHONPATH=libraries:tools --env PYTHONDONTWRITEBYTECODE=1 \
    "stream-scout/recorder:${STREAM_SCOUT_VERSION:-local}" python -m status "$@"
