# Security updates by themselves. Read by machine.sh.
# shellcheck shell=bash disable=SC2154 # machine, role: of machine.sh

set_up_upgrades() {
  if [[ ! -x /usr/bin/unattended-upgrade ]]; then
    as_root apt-get install -y -q unattended-upgrades >/dev/null || die "unattended-upgrades was not installed: sudo apt-get update, then run this again"
    changed=$((changed + 1))
  fi
  put /etc/apt/apt.conf.d/60stream-scout <"$machine/upgrades.conf" || true
}

check_upgrades() {
  if [[ -x /usr/bin/unattended-upgrade && $(apt-config dump APT::Periodic::Unattended-Upgrade) == *'"1"'* ]]; then
    ok "security updates come by themselves"
  else wrong "nothing is updated by itself" "infrastructure/machine.sh $role upgrades"; fi
  if [[ -e /run/reboot-required ]]; then
    wrong "updates wait for a restart" "sudo reboot, at a quiet time: the site is away for a minute, and nothing is lost"
  fi
}
