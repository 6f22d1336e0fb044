#!/usr/bin/env bash
# Brings machine A back from its backup: infrastructure/restore.sh [WHEN]
#
# WHEN: a time in UTC, such as 2026-11-29 or '2026-11-29 03:00'; without it the newest. On a new machine: Docker and
# Tailscale (DEPLOYMENT.md, The long way), this checkout, secrets/backup_key and BACKUP_REPOSITORY or BACKUP_FOLDER from the
# sheet that you keep, and then this. On a machine that runs it takes the database back and leaves .env and secrets/.
# Until the last step nothing is replaced; the database of before stays beside the new one as stream_scout_replaced.
# B is not touched: its recorder notices, and reads again what the backup lacks.
set -uo pipefail

role=reliable
# shellcheck source=infrastructure/backup/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/backup/lib.sh"
when=${1:-latest}
fresh=stream_scout_restored
started=$SECONDS
files=("$parts/typed_tables.sql" "$parts/typed_begin.sql")

step() { printf '%4d s  %s\n' $((SECONDS - started)) "$1"; }
give_up() { die "$(problem "$1"). Nothing was replaced."; }

secrets_folder() { local folder; folder=$(setting SECRETS_DIRECTORY); printf '%s' "${folder:-$here/secrets}"; }

# What is missing of .env and secrets/ comes from the backup; what is there stays.
restore_files() {
  local from=$state/files folder
  folder=$(secrets_folder)
  [[ -s $folder/backup_key ]] || die "$folder/backup_key is missing: write the key of your sheet into it"
  for name in backup_ssh_key backup_known_hosts backup_credentials webhook_url; do
    [[ -e $folder/$name ]] || : >"$folder/$name"
  done
  open_to_the_group "$folder"
  at=$(vault when "$dump" full "$when") || give_up "no backup was found"
  step "the newest backup until then is of $at UTC"
  rm -rf "$from"
  mkdir -p "$from"
  vault show-files full "$at" | tar -x -C "$from" --transform 's,^.*/copies/files/,,' --no-same-owner ||
    give_up "the files of the backup were not read"
  [[ -f $env_file || ! -f $from/env ]] || { cp "$from/env" "$env_file"; say "       .env is from the backup"; }
  # Empty files are there so that the container starts; the backup's are better.
  find "$folder" -maxdepth 1 -type f -empty -delete
  cp -rn "$from/secrets/." "$folder/" 2>/dev/null
  infrastructure/secrets.sh "$folder" >/dev/null || die "secrets.sh failed"
}

# The container that reads the backup has the group 10001; secrets.sh does the same for all files later.
open_to_the_group() {
  local name
  find "$1" -maxdepth 1 ! -group 10001 ! -name twitch -print0 | while IFS= read -r -d '' name; do
    chgrp 10001 "$name" 2>/dev/null || sudo chgrp 10001 "$name"
    chmod g+rX "$name"
  done
}

# A new machine has another address than the one in the backup's .env.
correct_address() {
  local own now
  own=$(setting BIND_ADDR)
  [[ -n $own && $(ip -4 -o addr show) != *" $own/"* ]] || return 0
  now=$(tailscale ip -4 2>/dev/null | head -n 1)
  [[ -n $now ]] || die "BIND_ADDR=$own in .env is no address of this machine: correct it, then run this again"
  sed -i "s/^BIND_ADDR=.*/BIND_ADDR=$now/" "$env_file"
  moved="On B: put MACHINE_A=$now into .env, then docker compose -f docker-compose.processing.yml up -d --wait"
}

build_images() {
  [[ ${RESTORE_BUILD:-yes} == yes ]] || return 0
  compose build --quiet >"$state/build" 2>&1 || { tail -n 20 "$state/build" >&2; die "the images were not built"; }
}

start_postgres() {
  compose up -d --no-build --wait postgres >/dev/null 2>"$state/up" || { cat "$state/up" >&2; die "Postgres did not start"; }
  # An empty database lets nobody in until it is replaced: B's services would find it without a schema.
  [[ $(sql stream_scout stream_scout <<<"SELECT to_regclass('moments') IS NULL" 2>/dev/null) != t ]] || close_empty
}

close_empty() {
  trap 'open_again' EXIT
  sql stream_scout postgres <<<"ALTER DATABASE stream_scout ALLOW_CONNECTIONS false" || die "the empty database was not closed"
}

open_again() { sql stream_scout postgres <<<"ALTER DATABASE stream_scout ALLOW_CONNECTIONS true" 2>/dev/null; }

# Makes the roles and their rights to a database.
roles_in() {
  compose run --rm -T --no-deps -e "POSTGRES_DSN=postgresql://stream_scout@/$1?host=/var/run/postgresql" roles >/dev/null 2>"$state/up" ||
    { cat "$state/up" >&2; return 1; }
}

# The dump into a database of its own, which services do not know yet.
restore_database() {
  local typed_at
  sql stream_scout postgres <<<"DROP DATABASE IF EXISTS $fresh WITH (FORCE)" 2>/dev/null
  sql stream_scout postgres <<<"CREATE DATABASE $fresh" || die "no database can be made"
  roles_in "$fresh" || die "the roles were not made"
  vault show "$dump" full "$at" |
    in_postgres pg_restore -U owner -d "$fresh" --no-owner --no-acl --exit-on-error 2>"$state/restore_said" ||
    give_up "the backup cannot be restored: $(tail -n 1 "$state/restore_said")"
  compare
  compose run --rm -T --no-deps -e "POSTGRES_DSN=postgresql://owner@postgres:5432/$fresh" migrate >/dev/null 2>"$state/up" ||
    { cat "$state/up" >&2; die "the migrations failed. Nothing was replaced."; }
  step "the database is as it was at $at UTC"
  typed_at=$(vault when typed.sql typed "$when" 2>/dev/null) || typed_at=
  if [[ -n $typed_at && ! $typed_at < $at ]]; then merge_typed "$typed_at"; else typed_at=$at; fi
  sql owner "$fresh" -v backup_at="$typed_at+00" <"$parts/restored.sql" || give_up "the restore was not noted"
}

# The counts have to be those of the backup's moment.
compare() {
  local differing
  differing=$(diff "$state/files/counts" <(sql owner "$fresh" <"$parts/counts.sql") | grep '^[<>]' | tr '\n' ' ')
  [[ -z $differing ]] || give_up "what was restored differs from what was stored: $differing"
}

merge_typed() {
  vault show typed.sql typed "$1" >"$state/typed.sql" || give_up "what people typed was not read"
  { cat "${files[@]}" "$state/typed.sql" "$parts/typed_merge.sql"; } | sql owner "$fresh" -1 >/dev/null ||
    give_up "what people typed was not restored"
  rm -f "$state/typed.sql"
  step "what people typed is as it was at $1 UTC"
}

# From here on it is the database. Connections end, and services come back to the new one.
swap() {
  sql stream_scout postgres <<SQL || die "the databases were not exchanged: run this again"
DROP DATABASE IF EXISTS stream_scout_replaced WITH (FORCE);
ALTER DATABASE stream_scout ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('stream_scout', '$fresh') \g /dev/null
ALTER DATABASE stream_scout RENAME TO stream_scout_replaced;
ALTER DATABASE $fresh RENAME TO stream_scout;
SQL
  trap - EXIT
}

mkdir -p "$state"
moved='' at=''
target >/dev/null || exit 1
compose --profile backup build --quiet backup >"$state/build" 2>&1 || { tail -n 20 "$state/build" >&2; die "the image of backups was not built"; }
step "looking for the backup of $when at $(target)"
restore_files
correct_address
build_images
start_postgres
restore_database
swap
compose up -d --no-build --wait >/dev/null 2>"$state/up" || { cat "$state/up" >&2; die "the database is restored, but not all services are well: docker compose -f docker-compose.reliable.yml ps"; }
step "the site is back. B's recorder adds what came since; nothing older than now is posted on Discord."
say "${moved:-On B nothing has to be done.}"
say "The database of before is stream_scout_replaced; it goes with the next restore."
