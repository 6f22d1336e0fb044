#!/usr/bin/env bash
# Closes a machine and keeps it tidy: infrastructure/machine.sh reliable|processing [COMMAND]
#
#   all        (without a command) the four below; safe to repeat, and what is already so is left alone
#   ssh        logins by key only
#   upgrades   security updates by themselves
#   timers     systemd removes old images and the like, weekly
#   firewall   lets in SSH, Tailscale and, where profile `tls` is on, 80 and 443; on trial for a minute
#   confirm    keeps the firewall that is on trial: from a new login, which shows that there is still a way in
#   open       takes the firewall away
#   check      says how it stands; ends with 1 if something is not as it should be
#
# Whoever does not confirm within FIREWALL_SECONDS (60) has the rules of before back. FIREWALL_TRIAL=no keeps the rules
# at once: for a machine with a console, or one that nobody is logged in to yet. The last line says `changed=N`.
set -euo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin  # `su` without `-` leaves these out, and sshd, nft and useradd are there

role=${1:-} command=${2:-all}
case $role in reliable | processing) ;; *) sed -n '2,/^# at once/p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2 ;; esac
# shellcheck source=infrastructure/backup/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/backup/lib.sh"
umask 022 # nothing here is secret, and a plain user looks at it
machine=infrastructure/machine
changed=0

as_root() { if ((EUID == 0)); then "$@"; else sudo -- "$@"; fi; }
has_systemd() { [[ -d /run/systemd/system ]]; }
ok() { printf 'ok     %s\n' "$1"; }
wrong() { printf 'WRONG  %s\n       -> %s\n' "$1" "$2"; problems=$((problems + 1)); }
problems=0

# put FILE: has FILE hold what comes on standard input; returns 1 if it does already.
put() {
  local file=$1 new
  new=$(cat; printf x)
  if [[ -f $file && $(as_root cat "$file"; printf x) == "$new" ]]; then return 1; fi
  as_root mkdir -p "$(dirname "$file")"
  printf %s "${new%x}" | as_root tee "$file.new" >/dev/null
  as_root chmod 644 "$file.new"
  as_root mv "$file.new" "$file"
  changed=$((changed + 1))
}

for part in ssh upgrades timers firewall; do
  # shellcheck source=/dev/null
  . "$machine/$part.sh"
done

case $command in
  all) set_up_ssh; set_up_upgrades; set_up_timers; set_up_firewall ;;
  ssh | upgrades | timers | firewall) "set_up_$command" ;;
  confirm) confirm_firewall ;;
  open) remove_firewall ;;
  check)
    check_ssh; check_upgrades; check_timers; check_firewall
    ((problems == 0)) || exit 1
    exit 0 ;;
  *) die "$command is no command: all, ssh, upgrades, timers, firewall, confirm, open, check" ;;
esac
echo "changed=$changed"
