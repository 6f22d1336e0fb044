# Logins by key only. Read by machine.sh.
# shellcheck shell=bash disable=SC2154 # machine, role: of machine.sh

drop_in=/etc/ssh/sshd_config.d/01-stream-scout.conf

set_up_ssh() {
  local operator before
  command -v sshd >/dev/null || [[ -x /usr/sbin/sshd ]] || { say "No sshd here: nobody logs in over the network."; return; }
  operator=${SUDO_USER:-$(id -un)}
  as_root mkdir -p /run/sshd # sshd's checks want it
  has_key "$operator" || die "$operator has no key on this machine and would be locked out. On your own computer: ssh-copy-id $operator@THIS_MACHINE; then run this again"
  before=$(as_root cat "$drop_in" 2>/dev/null || true)
  put "$drop_in" <"$machine/sshd.conf" || true
  if ! as_root sshd -t; then undo_ssh "$before"; die "sshd refuses its configuration (see above); it is as it was"; fi
  if ! is_by_key_only; then
    undo_ssh "$before"
    die "passwords would still be taken: /etc/ssh/sshd_config has to begin with: Include /etc/ssh/sshd_config.d/*.conf"
  fi
  reload_ssh # also after a run that was killed before it
}

has_key() {
  local home files file
  home=$(getent passwd "$1" | cut -d: -f6)
  files=$(as_root sshd -T -C "user=$1,host=anywhere,addr=192.0.2.1" 2>/dev/null | sed -n 's/^authorizedkeysfile //p')
  for file in ${files:-.ssh/authorized_keys}; do
    file=${file//%h/$home} file=${file//%u/$1}
    [[ $file == /* ]] || file=$home/$file
    if as_root grep -qE '(ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA' "$file" 2>/dev/null; then return; fi
  done
  return 1
}

undo_ssh() {
  if [[ -n $1 ]]; then as_root tee "$drop_in" >/dev/null <<<"$1"; else as_root rm -f "$drop_in"; fi
}

is_by_key_only() {
  local said
  said=$(as_root sshd -T -C user=root,host=anywhere,addr=192.0.2.1 2>/dev/null) || return 1
  grep -qix 'passwordauthentication no' <<<"$said" && grep -qix 'kbdinteractiveauthentication no' <<<"$said"
}

# Logins that are open go on.
reload_ssh() {
  if has_systemd; then as_root systemctl reload-or-restart ssh 2>/dev/null || as_root systemctl reload-or-restart sshd
  elif [[ -s /run/sshd.pid ]]; then as_root kill -HUP "$(cat /run/sshd.pid)"; fi
}

check_ssh() {
  if is_by_key_only; then ok "logins by key only"; else
    wrong "sshd takes passwords" "infrastructure/machine.sh $role ssh"
  fi
}
