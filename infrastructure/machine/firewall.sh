# The firewall: put on trial, kept once confirmed, loaded at each start. Read by machine.sh.
# shellcheck shell=bash disable=SC2154 # role, machine: of machine.sh

kept=/etc/stream-scout
rules=$kept/firewall.nft trial=$kept/firewall.trial
table=(inet stream_scout)

# The ports of SSH: those that sshd is told, and the one that this login came by.
ssh_ports() {
  local told
  as_root mkdir -p /run/sshd # or sshd says nothing
  told=$(as_root sshd -T 2>/dev/null | sed -n 's/^port //p')
  { printf '%s\n' "${told:-22}"; awk '{ print $4 }' <<<"${SSH_CONNECTION:-}"; } | grep -E '^[0-9]+$' | sort -un
}

web_elements() {
  [[ $role == reliable && ,$(setting COMPOSE_PROFILES), == *,tls,* ]] || return 0
  printf 'elements = { 80, 443 };'
}

rendered() { sed -e "s/@SSH@/$(ssh_ports | paste -sd,)/" -e "s/@WEB@/$(web_elements)/" "$machine/firewall.nft"; }
is_loaded() { as_root nft list table "${table[@]}" >/dev/null 2>&1; }

set_up_firewall() {
  command -v nft >/dev/null || die "nft is missing: sudo apt-get install nftables"
  local new
  new=$(rendered)
  if [[ -f $rules && $(as_root cat "$rules") == "$new" ]]; then
    if ! is_loaded; then
      as_root nft -f "$rules"
      changed=$((changed + 1))
    fi
    keep_at_start
    return
  fi
  if is_on_trial; then say_trial; return; fi
  as_root nft -c -f - <<<"$new" || die "nft refuses the rules; nothing was changed"
  as_root mkdir -p "$kept"
  as_root tee "$trial" >/dev/null <<<"$new"
  if [[ ${FIREWALL_TRIAL:-yes} != no ]]; then begin_trial; fi
  as_root nft -f "$trial"
  changed=$((changed + 1))
  if [[ ${FIREWALL_TRIAL:-yes} == no ]]; then confirm_firewall; else say_trial; fi
}

# One that a restart of the machine has left is none: nothing would take it back.
is_on_trial() { [[ -n $(as_root find "$trial" -newermt "-${FIREWALL_SECONDS:-60} seconds" 2>/dev/null) ]]; }

say_trial() {
  say "The firewall is on trial. Within ${FIREWALL_SECONDS:-60} s, from a new login (this one would go on in any case):"
  say "  $here/infrastructure/machine.sh $role confirm"
  say "Without it the rules of before come back."
}

# Starts what takes the rules back, before they hold: it outlives this login. Whoever moves the trial's file away first,
# `confirm` or this, decides.
begin_trial() {
  # shellcheck disable=SC2016 # for the other shell
  as_root setsid --fork bash -c 'sleep "$1"; mv "$2" "$2.back" 2>/dev/null || exit 0
    if [[ -f $3 ]]; then nft -f "$3"; else nft delete table inet stream_scout; fi
    logger -t stream-scout "the firewall was not confirmed: the rules of before are back" 2>/dev/null' \
    firewall-trial "${FIREWALL_SECONDS:-60}" "$trial" "$rules" </dev/null >/dev/null 2>&1
}

confirm_firewall() {
  if ! as_root mv "$trial" "$rules" 2>/dev/null; then
    if [[ -f $rules ]] && is_loaded; then say "No firewall is on trial; the one that holds is kept."; return; fi
    die "no firewall is on trial (it was taken back after its minute?): infrastructure/machine.sh $role firewall"
  fi
  say "The firewall is kept."
  keep_at_start
}

keep_at_start() {
  local unit=stream-scout-firewall.service
  put "/etc/systemd/system/$unit" <"$machine/$unit" || return 0
  if has_systemd; then as_root systemctl daemon-reload && as_root systemctl enable --quiet "$unit"; fi
}

remove_firewall() {
  if is_loaded; then as_root nft delete table "${table[@]}"; changed=$((changed + 1)); fi
  if has_systemd; then as_root systemctl disable --quiet stream-scout-firewall.service 2>/dev/null || true; fi
  as_root rm -f "$rules" "$trial" /etc/systemd/system/stream-scout-firewall.service
}

check_firewall() {
  local advice="infrastructure/machine.sh $role firewall"
  if ! is_loaded; then wrong "there is no firewall" "$advice"
  elif as_root test -f "$trial"; then wrong "the firewall is on trial" "infrastructure/machine.sh $role confirm"
  elif [[ $(as_root cat "$rules") != "$(rendered)" ]]; then wrong "the firewall is not the one of this version and .env" "$advice"
  else ok "the firewall lets in SSH ($(ssh_ports | paste -sd,)), Tailscale$([[ -z $(web_elements) ]] || printf ', 80 and 443')"; fi
}
