# What backup.sh and restore.sh share. $role is set before: reliable or processing.
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who read this file

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$here" || exit 1
parts=infrastructure/backup
dump=stream_scout.dump
state=${BACKUP_STATE:-$here/.backup}
umask 077

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# setting NAME: from the environment, else from .env, as Docker Compose reads it
setting() {
  if [[ -n ${!1:-} ]]; then printf '%s' "${!1}"; return; fi
  [[ ! -f $env_file ]] || sed -n "s/^$1=//p" "$env_file" | tail -n 1 |
    sed -e 's/[[:space:]]*\(#.*\)\?$//' -e "s/^[\"']//; s/[\"']$//"
}
env_file=${COMPOSE_ENV_FILES:-$here/.env}

# A new machine has no .env yet.
compose() {
  local variables=$env_file
  [[ -f $variables ]] || variables=/dev/null
  # shellcheck disable=SC2154 # role
  COMPOSE_ENV_FILES=$variables docker compose -f "docker-compose.$role.yml" "$@"
}
# psql and the like, in the database's container.
in_postgres() { compose exec -T postgres "$@"; }
# sql ROLE DATABASE [OPTIONS]: runs the statements that come on standard input; the first error ends it.
sql() { in_postgres psql -U "$1" -d "$2" -v ON_ERROR_STOP=1 -qtA "${@:3}" -f -; }
# vault COMMAND...: infrastructure/images/vault.py; what it complains of is kept for `problem`.
vault() {
  local code
  compose --profile backup run --rm -T --no-deps backup "$@" 2>"$state/said"
  code=$?
  ((code == 0)) || grep '^vault: ' "$state/said" >&2 || cat "$state/said" >&2
  return "$code"
}

# patiently COMMAND...: again, for two minutes, while another run has the repository locked (it tidies).
patiently() {
  local try
  for try in 1 2 3 4 5 6 7; do
    "$@" && return
    ((try < 7)) && grep -q '^vault: another backup has' "$state/said" || return 1
    sleep "${BACKUP_PAUSE:-20}"
  done
}

# What went wrong last, in one line.
problem() {
  local said
  said=$(sed -n 's/^vault: //p' "$state/said" 2>/dev/null | tail -n 1)
  printf '%s' "${said:-$1}"
}

# locked NAME SECONDS COMMAND...: one at a time; waits for the other so long.
locked() {
  local lock
  mkdir -p "$state"
  exec {lock}>"$state/$1.lock"
  flock -w "$2" "$lock" || die "another run ($1) has not ended within $2 s"
  "${@:3}"
}

# The disks under a folder, one a line; nothing where the system does not say.
disks_of() {
  local source
  source=$(findmnt -nro SOURCE -T "$1" 2>/dev/null | head -n 1)
  source=${source%%[*}
  [[ $source == /dev/* ]] || return 0
  lsblk -nsro NAME,TYPE "$source" 2>/dev/null | awk '$2 == "disk" { print $1 }' | sort -u
}

target() {
  local folder repository
  folder=$(setting BACKUP_FOLDER) repository=$(setting BACKUP_REPOSITORY)
  [[ -z $folder || -z $repository ]] || die "set BACKUP_FOLDER or BACKUP_REPOSITORY in .env, not both"
  [[ -n $folder$repository ]] || die "no target is set: BACKUP_FOLDER or BACKUP_REPOSITORY in .env (DEPLOYMENT.md, Backup)"
  [[ $folder == /* || -n $repository ]] || die "BACKUP_FOLDER=$folder: write the whole path, from /"
  [[ $repository != /* ]] || die "BACKUP_REPOSITORY=$repository is a folder: that is BACKUP_FOLDER"
  printf '%s' "${repository:-$folder}"
}

# A backup on the disk that it is of is lost with it: refuses, and warns where it cannot be told.
check_second_place() {
  local to own theirs
  to=$(target) || exit 1
  [[ $(setting BACKUP_SAME_DISK) != accepted ]] || return 0
  case $to in
    sftp:*@localhost* | sftp:*@127.* | sftp:localhost* | sftp:127.* | *://localhost* | *://127.*)
      die "$to is this machine: a backup has to be somewhere else" ;;
    sftp:* | s3:* | rest:* | b2:* | azure:* | gs:* | swift:*) return ;;
  esac
  [[ -d $to ]] || die "$to is no folder: is its disk mounted?"
  own=$(docker info -f '{{.DockerRootDir}}' 2>/dev/null)
  own=${own:-/}
  if [[ $(stat -c %d "$to") == "$(stat -c %d "$own" 2>/dev/null)" ]]; then
    die "$to is on the file system of the data itself: mount another disk there, or use SFTP or S3"
  fi
  own=$(disks_of "$own") theirs=$(disks_of "$to")
  if [[ -z $own || -z $theirs ]]; then
    say "WARN   whether $to is on another disk than the data cannot be told"
  elif [[ -n $(comm -12 <(printf '%s\n' "$own") <(printf '%s\n' "$theirs")) ]]; then
    die "$to is on the same disk as the data: mount another disk there, or use SFTP or S3"
  fi
}

# note KIND AT PROBLEM: how it went, for the alerts. AT: of a good one.
note() {
  if [[ $role == processing ]]; then
    compose exec -T recorder python -m service_runtime.backup_note "$1" "$3"
  else
    sql owner stream_scout -v kind="$1" -v at="${2:-}" -v problem="$3" <"$parts/note.sql" >/dev/null
  fi
}
