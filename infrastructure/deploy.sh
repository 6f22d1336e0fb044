#!/bin/sh
# Brings this machine to another version, and back by itself if that does not work: infrastructure/deploy.sh A|B VERSION
# tools/deploy does it, in the machine's own Python (3.10 or newer), which needs nothing but its standard library.
set -eu
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || {
    echo "python3 is missing: sudo apt-get install python3-minimal" >&2
    exit 2
}
PYTHONPATH=tools PYTHONDONTWRITEBYTECODE=1 exec python3 -m deploy "$@"
