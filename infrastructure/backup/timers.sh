# Has systemd make the backups; read by backup.sh setup. Without systemd it prints the lines for cron.
# shellcheck shell=bash disable=SC2154 # role, here: of backup.sh

as_root() { if ((EUID == 0)); then "$@"; else sudo -- "$@"; fi; }
units=${SYSTEMD_UNITS:-/etc/systemd/system}

# unit NAME WHEN COMMAND
unit() {
  as_root tee "$units/stream-scout-$1.service" >/dev/null <<UNIT
[Unit]
Description=Stream Scout: backup.sh $role $3
After=docker.service
[Service]
Type=oneshot
User=$(id -un)
ExecStart=$here/infrastructure/backup.sh $role $3
UNIT
  as_root tee "$units/stream-scout-$1.timer" >/dev/null <<UNIT
[Unit]
Description=Stream Scout: backup.sh $role $3
[Timer]
OnCalendar=$2
AccuracySec=1s
Persistent=true
[Install]
WantedBy=timers.target
UNIT
  timers+=("stream-scout-$1.timer")
}

timers=()
if ! command -v systemctl >/dev/null || [[ ! -d $units ]]; then
  say "There is no systemd here. For cron, as $(id -un):"
  say "0 3 * * * $here/infrastructure/backup.sh $role full"
  [[ $role != reliable ]] || say "*/4 * * * * $here/infrastructure/backup.sh $role typed"
  [[ $role != reliable ]] || say "30 4 * * 0 $here/infrastructure/backup.sh $role check"
else
  unit backup '*-*-* 03:00:00' full
  if [[ $role == reliable ]]; then
    unit typed '*:0/4' typed
    unit restore-check 'Sun 04:30' check
  fi
  as_root systemctl daemon-reload && as_root systemctl enable --now "${timers[@]}" &&
    say "set up: ${timers[*]}"
fi
