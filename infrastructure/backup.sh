#!/usr/bin/env bash
# Backups of this machine: infrastructure/backup.sh reliable|processing [COMMAND]
#
#   full     (without a command) all of it: at 3 at night, and before each deploy
#   typed    what people typed and the ledgers, if it changed: every four minutes, on machine A
#   check    restores the newest into a scratch database and compares the counts: weekly, on machine A
#   setup    makes the repository and the first backup, and has systemd do the rest
#   list     the backups that are there
#   sheet    what to keep elsewhere: without it nothing can be restored
#   hold COMMAND...   runs a command while no backup runs (deploy.sh switches websites in it)
#
# The target is BACKUP_FOLDER or BACKUP_REPOSITORY in .env (DEPLOYMENT.md, Backup). What fails is said in one line,
# noted for the alerts (OPERATIONS.md, BackupFailed), and ends with 1.
set -uo pipefail

role=${1:-} command=${2:-full}
case $role in reliable | processing) ;; *) sed -n '2,/^set/p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2 ;; esac
# shellcheck source=infrastructure/backup/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/backup/lib.sh"

full_wait=3600 typed_wait=60
at=$(date -u '+%F %T')

# failed KIND WHAT: notes it and ends.
failed() {
  local text
  text=$(problem "$2")
  note "$1" '' "$text" 2>/dev/null || say "and it could not be noted for the alerts" >&2
  die "$1: $text"
}

# The small files, as a tar: .env and what the dump has to be equal to.
small_files() {
  local folder=$state/files
  rm -rf "$folder"
  mkdir -p "$folder"
  [[ ! -f $env_file ]] || cp "$env_file" "$folder/env"
  [[ ! -f $state/counts ]] || cp "$state/counts" "$folder/counts"
  git -C "$here" rev-parse HEAD >"$folder/commit" 2>/dev/null || printf '%s\n' "${STREAM_SCOUT_VERSION:-unknown}" >"$folder/commit"
  tar -C "$folder" -c .
}

# Dumps the database and counts its rows in one snapshot of it.
dump_database() {
  local snapshot line
  coproc SQL { in_postgres psql -U backup -d stream_scout -v ON_ERROR_STOP=1 -qtA 2>"$state/said"; }
  # shellcheck disable=SC2154 # coproc sets SQL and SQL_PID
  local from=${SQL[0]} to=${SQL[1]} pid=$SQL_PID
  printf '%s\n' 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;' 'SELECT pg_export_snapshot();' >&"$to"
  read -r -t 60 snapshot <&"$from" && [[ $snapshot =~ ^[0-9A-F-]+$ ]] || return 1
  cat "$parts/counts.sql" >&"$to"
  printf '%s\n' '\echo counted' >&"$to"
  : >"$state/counts"
  while read -r -t 1800 line <&"$from" && [[ $line != counted ]]; do printf '%s\n' "$line" >>"$state/counts"; done
  [[ $line == counted ]] || return 1
  : >"$state/said"
  in_postgres pg_dump -U backup -Fc -Z0 --snapshot="$snapshot" stream_scout 2>"$state/dump_said" |
    vault store "$dump" "$at" || return 1
  printf '\\q\n' >&"$to"
  wait "$pid"
}

full() {
  : >"$state/said"
  if [[ $role == reliable ]]; then
    dump_database || failed full "the database was not dumped: $(tail -n 1 "$state/dump_said" 2>/dev/null)"
  fi
  small_files | vault files "$1" "$at" >/dev/null || failed "$1" "the files were not stored"
  [[ $role != reliable ]] || vault settle "$dump" full "$at" || failed full "the dump was not settled"
  note "$1" "$at" '' || die "the backup is there, but it could not be noted: the alerts will say that it is old"
  say "$1: the backup of $at UTC is at $(target)"
  [[ $role != reliable ]] || locked typed "$full_wait" typed
  patiently vault tidy >/dev/null || failed "$1" "the backup is there, but the target could not be tidied"
}

store_typed() { vault store typed.sql "$at" <"$1"; }

# What people typed, if it differs from what was stored last.
typed() {
  local file sum
  : >"$state/said"
  file=$(mktemp -p "$([[ -w /dev/shm ]] && printf /dev/shm || printf %s "$state")" stream-scout-typed.XXXXXX)
  # shellcheck disable=SC2064 # now, not at the end
  trap "rm -f '$file'" EXIT
  cat "$parts/typed_tables.sql" "$parts/typed_dump.sql" | sql backup stream_scout >"$file" 2>"$state/said"
  [[ $(tail -n 1 "$file") == 'INSERT INTO typed_in.whole VALUES (true);' ]] ||
    failed typed "what people typed was not read: $(tail -n 1 "$state/said")"
  sum=$(target; sha256sum <"$file")
  if [[ $sum != "$(cat "$state/typed_sum" 2>/dev/null)" ]]; then
    patiently store_typed "$file" || failed typed "it was not stored"
    patiently vault settle typed.sql typed "$at" || failed typed "it was not settled"
    printf '%s' "$sum" >"$state/typed_sum"
  fi
  note typed "$at" '' || die "it could not be noted: the alerts will say that the backup is old"
}

# Restores the newest backup into a database beside the one in use, and compares.
check() {
  local name=restore_check free need when differing
  : >"$state/said"
  when=$(vault when "$dump" full latest) || failed check "no backup was found"
  need=$(sql backup stream_scout <<<"SELECT pg_database_size('stream_scout') * 6 / 5 / 1024")
  free=$(in_postgres df --output=avail -k /var/lib/postgresql/data | tail -n 1 | tr -dc 0-9)
  ((free > need)) || failed check "there is no room to try a restore: $((need / 1024)) MB are needed, $((free / 1024)) are free"
  drop_database "$name"
  sql stream_scout postgres <<<"CREATE DATABASE $name OWNER owner" || failed check "the scratch database was not made"
  vault show "$dump" full "$when" |
    in_postgres pg_restore -U owner -d "$name" --no-owner --no-acl --exit-on-error 2>"$state/restore_said" || {
    drop_database "$name"
    failed check "the backup of $when cannot be restored: $(tail -n 1 "$state/restore_said")"
  }
  differing=$(diff <(vault show-files full "$when" | tar -xO --wildcards '*files/counts') \
    <(sql owner "$name" <"$parts/counts.sql") | grep '^[<>]' | tr '\n' ' ')
  drop_database "$name"
  [[ -z $differing ]] || failed check "the restored backup of $when differs: $differing"
  note check "$at" '' || die "it could not be noted"
  say "check: the backup of $when UTC was restored into a scratch database, and every count is right"
  vault tell "Stream Scout: the backup of $when UTC was restored on trial, and every count is right. Nothing to do." ||
    say "the webhook was not told"
}

drop_database() { sql stream_scout postgres <<<"DROP DATABASE IF EXISTS $1 WITH (FORCE)" 2>/dev/null; }

sheet() {
  local folder
  folder=$(setting SECRETS_DIRECTORY)
  say "Keep this where neither machine is. Without it no backup can be read."
  say "repository: $(target)"
  say "key (secrets/backup_key): $(cat "${folder:-secrets}/backup_key")"
  say "and, if you use them: secrets/backup_ssh_key, secrets/backup_known_hosts, secrets/backup_credentials"
}

mkdir -p "$state"
case $command in
  full)
    target >/dev/null || exit 1
    kind=full
    [[ $role == reliable ]] || kind=processing
    : >"$state/said"
    place=$(check_second_place 2>&1) || failed "$kind" "${place#*: }"
    [[ -z $place ]] || say "$place"
    locked full "$full_wait" full "$kind" ;;
  typed)
    [[ $role == reliable ]] || die "what people typed is on machine A"
    target >/dev/null
    locked typed "$typed_wait" typed ;;
  check)
    [[ $role == reliable ]] || die "the database is on machine A"
    locked full "$full_wait" check ;;
  setup)
    check_second_place
    vault init || die "$(problem "the repository was not made")"
    rm -f "$state/typed_sum" # what was stored last is at another target
    "$0" "$role" full || exit 1
    # shellcheck source=infrastructure/backup/timers.sh
    . "$parts/timers.sh" ;;
  list) vault list ;;
  sheet) sheet ;;
  hold) locked full "$full_wait" locked typed "$typed_wait" "${@:3}" ;;
  *) die "$command is no command: full, typed, check, setup, list, sheet, hold" ;;
esac
