#!/usr/bin/env bash
# Makes what is missing in secrets/: random passwords, and empty files for what a person has to fill in.
# Safe to repeat: it never changes a value, only permissions. Usage: infrastructure/secrets.sh [--check] [FOLDER]
# --check says what it would do, and does nothing; no line: nothing is missing.
#
# The files are the operator's, and their group (10001) is the one that the containers have: each container sees only
# the files that its compose file names. Nobody else on the machine can read them.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
only_check=
if [[ ${1:-} == --check ]]; then only_check=yes; shift; fi
folder=${1:-${SECRETS_DIRECTORY:-$here/secrets}}
group=10001
passwords=(
  redis_password kafka_password grafana_password
  # Postgres's superuser, and the roles of infrastructure/postgres/roles.sql.
  postgres_password postgres_owner_password postgres_api_frontend_password postgres_recorder_password
  postgres_stream_monitoring_password postgres_chooser_password postgres_watcher_password postgres_status_password
  postgres_emote_counter_password postgres_discord_bot_password postgres_backup_password
  postgres_exporter_password
  # Encrypts the backups: keep a copy elsewhere (backup.sh sheet).
  backup_key
)
keys=(chatter_key consent_key)
by_hand=(twitch_client_secret webhook_url watcher_beat_url watchdog_beat_url cloudflared_token cloudflared_credentials.json
  discord_token discord_client_secret backup_ssh_key backup_known_hosts backup_credentials tls_certificate tls_key)

# Only letters and digits: these go through configuration files and shells.
password() { head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 40; }

# 32 bytes in hexadecimal.
key() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# make KIND NAME LENGTH: writes the file at once, unless it is there.
make() {
  local file=$folder/$2
  [[ ! -s $file ]] || return 0
  [[ -z $only_check ]] || { echo "missing  $2"; return 0; }
  "$1" >"$file.new"
  (($(wc -c <"$file.new") == $3)) || { echo "No randomness to be had" >&2; exit 1; }
  mv "$file.new" "$file"
  echo "made   $2"
}

as_root() { if ((EUID == 0)); then "$@"; else sudo -- "$@"; fi; }

if [[ -n $only_check && ! -d $folder/twitch ]]; then echo "missing  $folder"; exit; fi
mkdir -p "$folder/twitch"
for name in "${passwords[@]}"; do make password "$name" 40; done
for name in "${keys[@]}"; do make key "$name" 64; done
for name in "${by_hand[@]}"; do
  [[ -z $only_check || -e $folder/$name ]] || { echo "missing  $name"; continue; }
  [[ -e $folder/$name ]] || { : >"$folder/$name"; echo "empty  $name"; }
done

# Asks for sudo only where something has to change.
fix() {
  local owner=$1 mode=$2 path=$3
  [[ -z $only_check || -e $path ]] || return 0
  [[ $(stat -c '%u:%g %a' "$path") == "$owner $mode" ]] && return
  [[ -z $only_check ]] || { echo "rights   $path"; return; }
  as_root chown "$owner" "$path"
  as_root chmod "$mode" "$path"
}
me=$(stat -c %u "$folder")
fix "$me:$group" 750 "$folder"
for name in "${passwords[@]}" "${keys[@]}" "${by_hand[@]}"; do fix "$me:$group" 640 "$folder/$name"; done
# Services renew the tokens and replace their file, by the group's right to this folder; you may see who owns what in it.
fix "$me:$group" 2770 "$folder/twitch"
for file in "$folder"/twitch/*; do
  if [[ -f $file && $(stat -c %u "$file") != "$group" ]]; then fix "$group:$group" 660 "$file"; fi
done
[[ -n $only_check ]] || echo "$folder is complete"
