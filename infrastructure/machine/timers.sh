# Clean-up by systemd, and a limit for its journal. Read by machine.sh.
# shellcheck shell=bash disable=SC2154 # machine, role, here: of machine.sh

set_up_timers() {
  local file new=no
  for file in stream-scout-clean.service stream-scout-clean.timer; do
    sed -e "s|@HERE@|$here|g" -e "s|@ROLE@|$role|g" -e "s|@USER@|${SUDO_USER:-$(id -un)}|g" "$machine/$file" |
      put "/etc/systemd/system/$file" && new=yes
  done
  if put /etc/systemd/journald.conf.d/60-stream-scout.conf <"$machine/journald.conf" && has_systemd; then
    as_root systemctl restart systemd-journald
  fi
  if has_systemd; then
    [[ $new == no ]] || as_root systemctl daemon-reload
    as_root systemctl enable --quiet --now stream-scout-clean.timer
  else
    say "There is no systemd here. For cron: 30 5 * * 0 $here/$machine/clean.sh $role"
  fi
}

check_timers() {
  if has_systemd && systemctl is-active --quiet stream-scout-clean.timer; then ok "old images are removed weekly"
  else wrong "nothing removes old images" "infrastructure/machine.sh $role timers"; fi
}
