#!/bin/sh
# Takes Stream Scout off this machine: infrastructure/uninstall.sh [--delete-data] [--delete-backups] [--yes]
# It says what goes and what stays, and asks first. Data and backups stay unless a flag says otherwise.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin  # `su` without `-` leaves these out, and swapoff is there
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || {
    echo "python3 is missing: sudo apt-get install python3-minimal" >&2
    exit 2
}
PYTHONPATH=tools PYTHONDONTWRITEBYTECODE=1 exec python3 -m install.uninstall "$@"
