#!/bin/sh
# Looks at this machine each minute: throttling, too little voltage, errors of its disks, mounts that became read-only.
#   infrastructure/machine_health.sh setup    systemd looks each minute from now on; without systemd, prints the line for cron
#   infrastructure/machine_health.sh run      looks once and writes /run/stream_scout_machine.prom, which node-exporter reads
#   infrastructure/machine_health.sh remove   ends it
# On a PC too: what a machine has no sensor for is left out. SYSTEMD_UNITS, MACHINE_FOLDER: other folders, for tests.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
units=${SYSTEMD_UNITS:-/etc/systemd/system}
folder=${MACHINE_FOLDER:-/run}
name=stream-scout-machine

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi; }
has_systemd() { command -v systemctl >/dev/null && [ -d "$units" ]; }

run() {
  command -v python3 >/dev/null || { echo "python3 is missing: sudo apt-get install python3" >&2; exit 1; }
  as_root env PYTHONPATH="$here/tools" PYTHONDONTWRITEBYTECODE=1 python3 -m machine_health "$folder"
}

setup() {
  run
  if ! has_systemd; then
    echo "There is no systemd here. For root's cron (sudo crontab -e):"
    echo "* * * * * $here/infrastructure/machine_health.sh run"
    return
  fi
  as_root tee "$units/$name.service" >/dev/null <<UNIT
[Unit]
Description=Stream Scout: the machine's health
[Service]
Type=oneshot
ExecStart=$here/infrastructure/machine_health.sh run
Nice=10
LogLevelMax=notice
UNIT
  as_root tee "$units/$name.timer" >/dev/null <<UNIT
[Unit]
Description=Stream Scout: the machine's health
[Timer]
OnBootSec=30
OnUnitActiveSec=60
AccuracySec=5s
[Install]
WantedBy=timers.target
UNIT
  as_root systemctl daemon-reload
  as_root systemctl enable --now "$name.timer"
  echo "set up: $name.timer; node-exporter shows what it finds within a minute"
}

remove() {
  if has_systemd; then as_root systemctl disable --now "$name.timer" || true; fi
  as_root rm -f "$units/$name.service" "$units/$name.timer" "$folder/stream_scout_machine.prom" "$folder/stream_scout_machine.json"
}

case ${1:-} in
  setup) setup ;;
  run) run ;;
  remove) remove ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
