#!/bin/sh
# Installs this machine, or goes on where that was cut off: infrastructure/install.sh reliable|processing|invite
# Asks for what is missing. NONINTERACTIVE=1 takes all from variables (--help lists them). The last line is changed=N.
# tools/install does it, in the machine's own Python (3.10 or newer), which needs nothing but its standard library.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin  # `su` without `-` leaves these out, and apt, sysctl, usermod and swapon need them
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || {
    echo "python3 is missing: sudo apt-get install python3-minimal" >&2
    exit 2
}
PYTHONPATH=tools PYTHONDONTWRITEBYTECODE=1 exec python3 -m install "$@"
